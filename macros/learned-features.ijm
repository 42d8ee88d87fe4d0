// What has the network learned to look for? The image that each target responds to most, a slice of
// each side by side, with the response. As it is: the sample classifier, a class, two channels and
// one unit; for your own model change the first lines (Model Info... lists the layers). Channels are
// red, green and blue: here white matter, grey matter and fluid.
model = "";           // folder of your model, or empty for the sample classifier
targets = newArray("lesions", "block1[2]", "block4[11]", "block4[11, 11, 15, 13]");
range = "0,255";      // smallest and largest pixel value
slice = 28;           // in the picture
iterations = 64;      // more take longer, and come to higher responses
if (getArgument() != "") iterations = parseInt(getArgument());

if (model == "") {
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "] overwrite=true");
    model = getDirectory("temp") + "lesion-classifier";
}
setBatchMode(true);
for (i = 0; i < targets.length; i++) {
    run("Visualize Learned Features...", "model=[" + model + "] target=[" + targets[i] + "] range=["
        + range + "] iterations=" + iterations);
    found = getTitle();
    response = d2s(parseFloat(Property.get("attribution.score")), 1);
    print(targets[i] + ": " + response);
    run("Duplicate...", "title=slice duplicate slices=" + slice);
    run("RGB Color");
    rename(targets[i] + ": " + response);
    close(found);
    close("slice");
}
run("Images to Stack", "use");
setBackgroundColor(255, 255, 255); // below each slice, for its label
setForegroundColor(0, 0, 0);
run("Canvas Size...", "width=" + getWidth() + " height=" + (getHeight() + 5) + " position=Top-Center");
run("Make Montage...", "columns=" + targets.length + " rows=1 scale=4 font=13 label use");
setBatchMode("exit and display");
