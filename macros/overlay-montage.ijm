// A picture for a paper: the map over the image, every few slices, side by side. Needs a map as
// the active image, and the image that it was made of open; without any image it makes both.
first = 20;      // slices of the montage
last = 42;
increment = 2;
columns = 4;
picture = "";    // where to save it (.png), or empty

if (nImages == 0) {
    run("Mean Healthy Brain");
    run("Brain with Lesions");
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "] overwrite=true");
    run("Attribution Map...", "model=[" + getDirectory("temp") + "lesion-classifier] target=lesions"
        + " baseline=images references=brain-reference.tif");
}
// The more a voxel argues for (red) or against the class (blue), the more opaque its colour. With
// limit=… several pictures have the same colours.
run("Attribution Overlay...", "map=[" + getTitle() + "] channel=1 percentile=99.9 gamma=0.7");
rows = Math.ceil((Math.floor((last - first) / increment) + 1) / columns);
run("Make Montage...", "columns=" + columns + " rows=" + rows + " scale=3 first=" + first
    + " last=" + last + " increment=" + increment + " border=0");
if (picture != "")
    saveAs("PNG", picture);
