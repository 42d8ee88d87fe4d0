// Where is the evidence, and how much of it? Objects are what lies above a threshold of the map;
// ImageJ's own Analyze Particles measures them slice by slice. Needs an attribution map as the
// active image; without any image it makes one of a sample brain.
threshold = 0.2; // as a share of the map's largest value
smallest = 18;   // area of the smallest object, in calibrated units (mm^2 here: two voxels)

if (nImages == 0) {
    run("Mean Healthy Brain");
    run("Brain with Lesions");
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "] overwrite=true");
    run("Attribution Map...", "model=[" + getDirectory("temp") + "lesion-classifier] target=lesions"
        + " baseline=images references=brain-reference.tif");
}
map = getTitle();
getVoxelSize(width, height, depth, unit);
Stack.getStatistics(voxels, mean, min, max);

// Only evidence for the class; for evidence against it: setThreshold(min, threshold * min).
setThreshold(threshold * max, max);
run("Set Measurements...", "area mean min integrated stack display redirect=None decimal=6");
run("Analyze Particles...", "size=" + smallest + "-Infinity show=Nothing clear display stack");
resetThreshold();

// RawIntDen is the sum of an object's voxels, in units of the logit.
volume = 0;
sum = 0;
for (i = 0; i < nResults; i++) {
    volume += getResult("Area", i) * depth;
    sum += getResult("RawIntDen", i);
}
print(map + ": " + nResults + " objects, " + volume + " " + unit + "^3, " + sum + " of "
    + voxels * mean + " in all");
