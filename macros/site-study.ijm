// Networks that learned from labels alone, of subjects from several sites: are they right on subjects
// that they never saw, and do their maps show why? The macro's argument, or what you choose when asked,
// is the folder sample-images/ms-study or sample-images/tumour-study, or one of yours like them.
methods = "Integrated Gradients (steps=20), DeepLIFT, LRP, Gradient, Grad-CAM";
metrics = "Voxel AUC, Average Precision, Best Dice, Relevance Mass, Net Mass";

study = getArgument();
if (study == "") {
    study = getDirectory("The folder of the study");
}
if (!endsWith(study, File.separator)) study += File.separator;
rows = split(File.openAsString(study + "subjects.csv"), "\n");
networks = getFileList(study + "networks");
setBatchMode(true);
run("Attribution Extensions");
for (n = 0; n < networks.length; n++) {
    network = File.getNameWithoutExtension(networks[n]);
    inputs = replace(network, "-constrained", "");
    Ext.openModel(study + "networks/" + network);
    right = 0;
    for (i = 1; i < rows.length; i++) {
        cells = split(rows[i], ",");
        open(study + "images/" + inputs + "/" + cells[0] + ".tif");
        Ext.classify();
        if (Ext.getPredictedClass() == cells[2]) right++;
        else print(network + ": " + cells[0] + " is taken for " + Ext.getPredictedClass());
        close();
        if (cells[2] != "healthy") ill = cells[2];
    }
    print(network + ": " + right + " of " + (rows.length - 1) + " right");
    // The maps of the ill, against the masks; the baseline is the mean healthy image of the training.
    images = study + "images/" + inputs + "/";
    run("Compare Methods...", "input=[" + images + ill + "-1.tif] images=[" + images + ill
        + "-*.tif] mask=[" + study + "masks/*.tif] model=[" + study + "networks/" + network
        + "] target=[" + ill + " - healthy] methods=[" + methods + "] metrics=[" + metrics
        + "] baseline=images references=[" + study + "images/" + inputs + "-reference.tif] output=["
        + study + "methods-" + network + ".csv] overwrite=true");
    close("*");
    close("Comparison of methods");
}
