// Attribution map of one image, by the tool under the command. Fiji asks for the parameters, or
// takes them from the command line:
//     fiji --headless --run attribution-map.groovy \
//         'image="brain.tif",model="my-model",target="predicted",output="map.tif"'
#@ File (label = "Image", persist = false) image
#@ File (label = "Model", style = "directory", persist = false) model
#@ String (label = "Class", value = "predicted", persist = false) target
#@ File (label = "Save map as", style = "save", persist = false) output
#@ LogService log
#@ StatusService status
#@output ImagePlus map

import sc.fiji.attribution.core.Progress
import sc.fiji.attribution.fiji.AttributionTool
import sc.fiji.attribution.fiji.Classification
import sc.fiji.attribution.fiji.file.ImageFile
import sc.fiji.attribution.model.engine.Engines
import sc.fiji.attribution.model.ModelOptions

// Called between passes; throw CancelledException to stop.
progress = { done, total, what -> status.showStatus((int) done, (int) total, what) } as Progress

brain = ImageFile.open(image.path)
classifier = Engines.open(model.toPath(), ModelOptions.NONE)
try {
    Classification.of(classifier, brain).each { log.info(it.image() + ": " + it.summary()) }
    result = new AttributionTool(classifier)
            .method("Integrated Gradients")
            .options([steps: "20"])
            .target(target)
            .run(brain, progress)
    result.attributions().each {
        log.info("f(image) " + it.score() + ", f(baseline) " + it.baselineScore().getAsDouble()
                + ", completeness error " + it.completenessError().getAsDouble())
    }
    map = result.image()
    ImageFile.save(map, output.path)
} finally {
    classifier.close()
}
