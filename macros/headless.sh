#!/bin/sh
# Maps of all images of a folder without Fiji, by the runner of this project:
#     headless.sh MODEL IMAGES RESULTS [CLASS]
# Maps of TIFF are TIFF; those of NIfTI, MGH, NRRD and MetaImage are NIfTI (.nii.gz).
# CLASSPATH names the plug-in's jar and its libraries; without it, those of this repository after
#     mvn -q compile dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile=target/classpath
#
# All images go through one process. One that fails is named and left out. RESULTS/finished.txt has
# a line for each image that is done, with the model and the class: run again, only the others are
# made. The exit code is 0 where all are done in the end, else 1.
#
# Where CLASSPATH has jars alone, as of a release, the JVM keeps what it read of their classes in an
# archive under ~/.cache (class-data sharing), and starts faster the next time.
: "${CLASSPATH:=target/classes:$(cat target/classpath)}"
export CLASSPATH
model=$1 images=$2 results=$3 class=${4:-predicted}
mkdir -p "$results" || exit 1
finished="$results/finished.txt"
touch "$finished" || exit 1
made=0 there=0 failed=0

# The file of an image's map; nothing for what is no image.
map() {
    name=$(basename "$1")
    case $name in
        *.tif | *.tiff) echo "$results/${name%.*}.tif" ;;
        *.nii | *.mgh | *.mgz | *.nrrd | *.mha | *.mhd) echo "$results/${name%.*}.nii.gz" ;;
        *.nii.gz) echo "$results/${name%.nii.gz}.nii.gz" ;;
    esac
}

# What the run before did not come to has the older map, or none.
started="$results/.started-$$"
finish() {
    for input; do
        image=${input#input=}
        if test "$(map "$image")" -nt "$started"; then
            echo "$image	$model	$class" >> "$finished"
            made=$((made + 1))
        else
            failed=$((failed + 1))
            echo "No map of $image; the reason is above." >&2
        fi
    done
    rm -f "$started"
}

# Of these jars and this JVM; another version has an archive of its own.
archive() {
    (
        IFS=:
        set -f
        for entry in $CLASSPATH; do
            test ! -d "$entry" || exit
        done
        set +f
        cache="${XDG_CACHE_HOME:-$HOME/.cache}/fiji-attribution"
        mkdir -p "$cache" 2> /dev/null || exit
        key=$(ls -lLd $CLASSPATH "$(command -v java)" 2> /dev/null | cksum | tr -d ' ')
        echo "$cache/$key.jsa"
    )
}

# All images whose maps are of one format.
run() {
    format=$1
    shift
    for image in "$images"/*; do
        map=$(map "$image")
        test -f "$image" || continue
        case $map in *."$format") ;; *) continue ;; esac
        line="$image	$model	$class"
        if test -f "$map" && grep -Fqx -e "$line" "$finished"; then
            there=$((there + 1))
        else
            set -- "$@" "input=$image"
        fi
    done
    test $# -gt 0 || return
    touch "$started" || exit 1
    # For a few images the better code of the JVM's second compiler comes too late, and the simple
    # collector takes less time and memory; with two collectors the JVM does not start.
    few=
    if test $# -le 5; then
        few=-XX:TieredStopAtLevel=1
        case "$JDK_JAVA_OPTIONS $JAVA_TOOL_OPTIONS $_JAVA_OPTIONS" in
            *-XX:+Use*GC*) ;;
            *) few="$few -XX:+UseSerialGC" ;;
        esac
    fi
    archive=$(archive)
    shared=
    if test -f "$archive"; then
        shared="-XX:SharedArchiveFile=$archive"
    elif test -n "$archive"; then
        shared="-XX:ArchiveClassesAtExit=$archive.$$"
    fi
    java $few ${shared:+-Xlog:disable "$shared"} sc.fiji.attribution.Main \
        "Classify..." "$@" model="$model" output="$results/{name}.csv" overwrite=true -- \
        "Attribution Map..." "$@" model="$model" target="$class" steps=20 \
        output="$results/{name}.$format" overlay="$results/{name}.png" overwrite=true
    if test -f "$archive.$$"; then
        mv "$archive.$$" "$archive"
    fi
    finish "$@"
}
run tif
run nii.gz
echo "$made maps made, $there were there, $failed failed."
test $((made + there + failed)) -gt 0 || echo "$images has no TIFF, NIfTI, MGH, NRRD or MetaImage." >&2
test $((made + there)) -gt 0 -a $failed -eq 0
