// Do methods agree on one image? A row for each method, with how much of its map lies in the region
// that should matter, and a picture with a slice of each. As it is: a sample brain, and the mask of
// its lesions; for your own data change the first lines.
image = "";           // your image and your mask, or empty for the samples
mask = "";
model = "";           // folder of your model, or empty for the sample classifier
target = "lesions";
slice = 36;           // in the picture
methods = newArray("Gradient", "Input x Gradient", "Integrated Gradients", "Occlusion");
options = newArray("", "", "steps=20", "window=8 stride=8");

if (model == "") {
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "]");
    model = getDirectory("temp") + "lesion-classifier";
}
setBatchMode(true);
if (image == "") run("Brain with Lesions"); else open(image);
image = getTitle();
if (mask == "") run("Lesion Mask"); else open(mask);
mask = getTitle();
run("Attribution Extensions");
run("Clear Results");
for (i = 0; i < methods.length; i++) {
    run("Attribution Map...", "input=[" + image + "] model=[" + model + "] target=[" + target
        + "] method=[" + methods[i] + "] " + options[i]);
    map = getTitle();
    Ext.getCompletenessError(error, share);
    passes = parseInt(Property.get("attribution.passes"));
    run("Measure Attribution...", "map=[" + map + "] regions=[" + mask + "]");
    inside = Table.get("Share", 0, "Attribution in regions");
    setResult("Method", i, methods[i]);
    setResult("Passes", i, passes);
    setResult("Completeness error", i, d2s(error, 6)); // NaN where the method does not promise a sum
    setResult("Share in mask", i, d2s(inside, 6)); // of the absolute attribution
    run("Attribution Overlay...", "map=[" + map + "] input=[" + image + "]");
    overlay = getTitle();
    setSlice(slice);
    run("Duplicate...", "title=[" + methods[i] + "]");
    close(overlay);
    close(map);
}
updateResults();
close(image);
close(mask);
run("Images to Stack", "use");
run("Make Montage...", "columns=" + methods.length + " rows=1 scale=4 label");
setBatchMode("exit and display");
