#!/bin/sh
# Maps of all TIFF images of a folder without Fiji, by the runner of this project:
#     headless.sh MODEL IMAGES RESULTS [CLASS]
# CLASSPATH names the plug-in's jar and its libraries; without it, those of this repository after
#     mvn -q compile dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile=target/classpath
set -e
: "${CLASSPATH:=target/classes:$(cat target/classpath)}"
export CLASSPATH
mkdir -p "$3"
for image in "$2"/*.tif; do
    name=$(basename "$image" .tif)
    java sc.fiji.attribution.Main "Classify..." input="$image" model="$1" output="$3/$name.csv"
    java sc.fiji.attribution.Main "Attribution Map..." input="$image" model="$1" \
        target="${4:-predicted}" steps=20 output="$3/$name.tif" overlay="$3/$name.png"
done
