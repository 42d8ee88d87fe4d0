// Attribution map of one image, without any dialog: run it in Fiji's script editor, or with
// any Groovy that has the plug-in and its dependencies on the class path.
import ij.IJ
import java.nio.file.Path
import sc.fiji.attribution.core.Progress
import sc.fiji.attribution.fiji.AttributionTool
import sc.fiji.attribution.fiji.ImageFile
import sc.fiji.attribution.model.Engines
import sc.fiji.attribution.model.ModelOptions

folder = "sample-images/"
brain = ImageFile.open(folder + "brain-lesions-1.tif")
classifier = Engines.open(Path.of(folder + "lesion-classifier"), ModelOptions.NONE)
try {
    result = new AttributionTool(classifier)
            .method("Integrated Gradients")
            .options([steps: "50"])
            .target("lesions")
            .run(brain, Progress.NONE)
    attribution = result.attributions()[0]
    println attribution.method() + ": score " + attribution.score()
    println "completeness error " + attribution.completenessError().getAsDouble()
    ImageFile.save(result.image(), "attribution-map.tif")
} finally {
    classifier.close()
}
