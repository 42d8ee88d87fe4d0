#!/bin/sh
# Maps of all TIFF images of a folder, by a Fiji without display:
#     fiji-headless.sh MODEL IMAGES RESULTS [CLASS]
# FIJI names the launcher, if it is not "fiji". Options are key=value as in macros, separated by
# commas, texts in double quotes. Fiji starts anew for each image; where that matters, let
# batch-folder.ijm do all of them: fiji --headless -macro batch-folder.ijm IMAGES
#
# The tests of this project run this file with SciJava's own reading of the command line, and its
# own running of commands, but not in a whole Fiji.
set -e
mkdir -p "$3"
for image in "$2"/*.tif; do
    map="$3/$(basename "$image")"
    "${FIJI:-fiji}" --headless --run "Attribution Map..." \
        "input=\"$image\",model=\"$1\",target=\"${4:-predicted}\",steps=20,output=\"$map\""
    # Fiji ends with 0 whatever happens; the reason is on its log.
    test -f "$map" || { echo "No map of $image" >&2; exit 1; }
done
