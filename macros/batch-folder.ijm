// Maps of all images of a folder, without windows: each map is saved as TIFF into the folder
// "attribution" beside the images, with a table that has a row for each image. Give the folder as
// the macro's argument, or choose it when asked; the samples are in the folder sample-images.
//     ImageJ:           java -jar ij.jar -batch batch-folder.ijm /data/brains/
//     Fiji, headless:   fiji --headless -macro batch-folder.ijm /data/brains/
images = ".*[0-9]\\.tif"; // which files, as a regular expression; of the samples, not the masks
model = "";               // folder of your model, or empty for the sample classifier
target = "lesions";       // the class that all maps explain; or "predicted", each image's own
steps = 20;

folder = getArgument();
if (folder == "")
    folder = getDirectory("Choose the folder with the images");
if (!endsWith(folder, File.separator))
    folder += File.separator;
results = folder + "attribution" + File.separator;
File.makeDirectory(results);

setBatchMode(true);
if (model == "") {
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "]");
    model = getDirectory("temp") + "lesion-classifier";
}
run("Attribution Extensions");
Ext.openModel(model);
run("Clear Results");
files = getFileList(folder);
for (i = 0; i < files.length; i++) {
    if (matches(files[i], images)) {
        open(folder + files[i]);
        image = getTitle();
        Ext.classify();
        label = Ext.getPredictedClass();
        Ext.getProbability(label, probability);
        // In batch mode, name the image: the active one may be another.
        run("Attribution Map...", "input=[" + image + "] model=[" + model + "] target=[" + target
            + "] steps=" + steps);
        Ext.getCompletenessError(error, share);
        Stack.getStatistics(voxels, mean, min, max);
        row = nResults;
        setResult("Image", row, image);
        setResult("Class", row, label);
        setResult("Probability", row, d2s(probability, 6));
        setResult("Sum", row, d2s(voxels * mean, 6)); // in logits
        setResult("Largest", row, d2s(max, 6));
        setResult("Completeness error", row, d2s(error, 6));
        saveAs("Tiff", results + image);
        close("*");
    }
}
updateResults();
saveAs("Results", results + "attribution.csv");
