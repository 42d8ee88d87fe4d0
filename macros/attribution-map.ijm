// Attribution map of the active image, in Fiji or ImageJ. The keys are those of the dialog and of
// the headless runner; the map is a new image. Give the model folder as the macro's argument, or
// choose it when asked.
model = getArgument();
if (model == "")
    model = getDirectory("Choose the model folder");
run("Classify...", "model=[" + model + "]");
run("Attribution Map...",
    "model=[" + model + "] method=[Integrated Gradients] target=predicted steps=50");
print(Property.get("attribution.target") + ": score " + Property.get("attribution.score")
    + ", completeness error " + Property.get("attribution.completeness.error"));
