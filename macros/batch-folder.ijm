// Maps of all images of a folder, without windows: each map is saved as TIFF into the folder
// "attribution" beside the images, with a table that has a row for each image. Give the folder as
// the macro's argument, or choose it when asked; the samples are in the folder sample-images.
//     ImageJ:           java -jar ij.jar -batch batch-folder.ijm /data/brains/   (needs a display)
//     Fiji, headless:   fiji --headless -macro batch-folder.ijm /data/brains/
// An image that fails is named in the log, and the others are made. Run again, the macro makes only
// what is missing. ImageJ alone does not start without a display: use Fiji there, or headless.sh. In
// headless Fiji the exit code is 0 where all went well, else 1.
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
table = results + "attribution.csv";
if (!File.exists(table))
    File.append("Image,Class,Probability,Sum,Largest,Completeness error", table);

setBatchMode(true);
if (model == "") {
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "] overwrite=true");
    model = getDirectory("temp") + "lesion-classifier";
}
run("Attribution Extensions");
finished = File.openAsString(table);
made = 0; there = 0; failed = 0;
files = getFileList(folder);
for (i = 0; i < files.length; i++) {
    if (!matches(files[i], images))
        continue;
    map = results + files[i];
    row = "\n\"" + files[i] + "\",";
    if (File.exists(map) && indexOf(finished, row) >= 0) {
        there++;
        continue;
    }
    // A map without its row is one of a run that was ended, and is made anew.
    mistake = Ext.attempt("Attribution Map...", "input=[" + folder + files[i] + "] model=[" + model
        + "] target=[" + target + "] steps=" + steps + " output=[" + map + "] overwrite=true");
    if (mistake != "") {
        failed++;
        print("Failed: " + files[i] + ": " + mistake);
        continue;
    }
    Ext.getCompletenessError(error, share);
    Stack.getStatistics(voxels, mean, min, max);
    // Such as "healthy 0.0097, lesions 0.990": the class with the largest probability.
    probabilities = split(Property.get("attribution.probabilities"), ",");
    best = -1;
    for (k = 0; k < probabilities.length; k++) {
        space = lastIndexOf(probabilities[k], " ");
        probability = parseFloat(substring(probabilities[k], space + 1));
        if (probability > best) {
            best = probability;
            label = String.trim(substring(probabilities[k], 0, space));
        }
    }
    // The sum is in logits.
    File.append("\"" + files[i] + "\",\"" + label + "\"," + d2s(best, 6) + "," + d2s(voxels * mean, 6)
        + "," + d2s(max, 6) + "," + d2s(error, 6), table);
    made++;
    close("*");
}
print(made + " maps made, " + there + " were there, " + failed + " failed.");
code = 0;
if (failed > 0 || made + there == 0)
    code = 1;
Ext.leave(code);
