#!/bin/sh
# Maps of all TIFF images of a folder without Fiji, by the runner of this project:
#     headless.sh MODEL IMAGES RESULTS [CLASS]
# CLASSPATH names the plug-in's jar and its libraries; without it, those of this repository after
#     mvn -q compile dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile=target/classpath
#
# An image that fails is named and left out. RESULTS/finished.txt has a line for each image that is
# done, with the model and the class: run again, only the others are made. The exit code is 0 where
# all are done in the end, else 1.
: "${CLASSPATH:=target/classes:$(cat target/classpath)}"
export CLASSPATH
mkdir -p "$3" || exit 1
finished="$3/finished.txt"
touch "$finished" || exit 1
made=0 there=0 failed=0
for image in "$2"/*.tif; do
    test -f "$image" || continue
    name=$(basename "$image" .tif)
    line="$image	$1	${4:-predicted}"
    if test -f "$3/$name.tif" && grep -Fqx -e "$line" "$finished"; then
        there=$((there + 1))
    elif java -XX:TieredStopAtLevel=1 sc.fiji.attribution.Main \
            "Classify..." input="$image" model="$1" output="$3/$name.csv" overwrite=true -- \
            "Attribution Map..." input="$image" model="$1" target="${4:-predicted}" steps=20 \
            output="$3/$name.tif" overlay="$3/$name.png" overwrite=true &&
        echo "$line" >> "$finished"; then
        made=$((made + 1))
    else
        failed=$((failed + 1))
        echo "No map of $image; the reason is above." >&2
    fi
done
echo "$made maps made, $there were there, $failed failed."
test $((made + there)) -gt 0 -a $failed -eq 0
