#!/bin/sh
# Maps of all images of a folder, by a Fiji without display:
#     fiji-headless.sh MODEL IMAGES RESULTS [CLASS]
# Maps of TIFF are TIFF; those of NIfTI, MGH, NRRD and MetaImage are NIfTI (.nii.gz).
# FIJI names the launcher, if it is not "fiji". Options are key=value as in macros, separated by
# commas, texts in double quotes. Fiji starts anew for each image; where that matters, let
# batch-folder.ijm do all of them: fiji --headless -macro batch-folder.ijm IMAGES
#
# An image that fails is named and left out. RESULTS/finished.txt has a line for each map that is
# whole, with the image, the model and the class: run again, only the others are made. The exit code
# is 0 where all maps are there in the end, else 1.
#
# The tests of this project run this file with SciJava's own reading of the command line, and its
# own running of commands, but not in a whole Fiji.
mkdir -p "$3" || exit 1
finished="$3/finished.txt"
touch "$finished" || exit 1
made=0 there=0 failed=0
for image in "$2"/*; do
    test -f "$image" || continue
    name=$(basename "$image")
    case $name in
        *.tif | *.tiff) map=${name%.*}.tif ;;
        *.nii | *.mgh | *.mgz | *.nrrd | *.mha | *.mhd) map=${name%.*}.nii.gz ;;
        *.nii.gz) map=$name ;;
        *) continue ;;
    esac
    new="$3/.new-$$-$map"
    map="$3/$map"
    line="$image	$1	${4:-predicted}"
    if test -f "$map" && grep -Fqx -e "$line" "$finished"; then
        there=$((there + 1))
        continue
    fi
    # Fiji ends with 0 whatever happens, so only a map of this run says that it went well.
    "${FIJI:-fiji}" --headless --run "Attribution Map..." \
        "input=\"$image\",model=\"$1\",target=\"${4:-predicted}\",steps=20,output=\"$new\""
    if test -s "$new" && mv -f "$new" "$map" && echo "$line" >> "$finished"; then
        made=$((made + 1))
    else
        failed=$((failed + 1))
        echo "No map of $image; the reason is above." >&2
    fi
    rm -f "$new"
done
echo "$made maps made, $there were there, $failed failed."
test $((made + there + failed)) -gt 0 || echo "$2 has no TIFF, NIfTI, MGH, NRRD or MetaImage." >&2
test $((made + there)) -gt 0 -a $failed -eq 0
