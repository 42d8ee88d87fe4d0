// Which method is right for this network? Figures, ranks, curves and the maps side by side, and a
// recommendation in the log. As it is: a sample brain, and the mask of its lesions; for your own data
// change the first lines. Several images say more than one: images=/folder/brain-*.tif, and
// mask=/folder/*-mask.tif for the mask of each.
image = "";           // your image and your mask, or empty for the samples
mask = "";
model = "";           // folder of your model, or empty for the sample classifier
target = "lesions";
methods = "Gradient, Input x Gradient, Integrated Gradients (steps=20), Occlusion (window=8 stride=8)";
metrics = "localisation, Deletion, Insertion, Cascade Spearman";

if (model == "") {
    run("Lesion Classifier...", "output=[" + getDirectory("temp") + "] overwrite=true");
    model = getDirectory("temp") + "lesion-classifier";
}
baseline = "";        // of methods that have one: black, or " baseline=images references=[/healthy.tif]"
if (image == "") {
    run("Mean Healthy Brain");
    baseline = " baseline=images references=[" + getTitle() + "]";
    run("Brain with Lesions");
} else open(image);
image = getTitle();
if (mask == "") run("Lesion Mask"); else open(mask);
mask = getTitle();
run("Compare Methods...", "input=[" + image + "] mask=[" + mask + "] model=[" + model + "] target=[" + target
    + "] methods=[" + methods + "] metrics=[" + metrics + "] steps=20" + baseline);
