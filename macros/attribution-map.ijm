// Attribution map of the active image, in Fiji. The keys are those of the dialog and of the
// headless runner; the map is a new image.
model = getDirectory("Choose the model folder");
run("Attribution Map...",
    "model=[" + model + "] method=[Integrated Gradients] target=predicted steps=50");
