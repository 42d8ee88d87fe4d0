// Which voxels of an image argue for its class? As it is, this macro explains the active image, or
// a sample brain against the mean healthy one, with the sample classifier. For your own data change
// the first lines.
model = "";           // folder of your model, or empty for the sample classifier
target = "predicted"; // the class that the map explains, by name, or a difference: "ill - well"
steps = 50;           // of Integrated Gradients; more steps, smaller completeness error
baseline = "";        // compared with what: black, or " baseline=images references=[/healthy.tif]"

if (model == "") {
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "] overwrite=true");
    model = getDirectory("temp") + "lesion-classifier";
}
if (nImages == 0) {
    run("Mean Healthy Brain");
    baseline = " baseline=images references=[" + getTitle() + "]";
    run("Brain with Lesions");
}

// What does the model say? Text is returned, numbers come in a variable.
run("Attribution Extensions");
Ext.openModel(model);
Ext.classify();
label = Ext.getPredictedClass();
Ext.getProbability(label, probability);
print(getTitle() + ": " + label + ", probability " + probability);

// Why does it say so? The map is a new image on the grid of the first one.
run("Attribution Map...", "model=[" + model + "] target=[" + target + "] steps=" + steps + baseline);

// The map adds up to the difference of two scores, up to this error. Above a few percent, use
// more steps.
Ext.getCompletenessError(error, share);
print(getTitle() + ": score " + Property.get("attribution.score") + ", completeness error "
    + error + " (" + d2s(100 * share, 1) + " %)");
