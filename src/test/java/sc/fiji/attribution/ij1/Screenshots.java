/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.IJ;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sc.fiji.attribution.fiji.file.PictureFile;

/**
 * Makes the pictures of docs/images: ImageJ on a virtual screen (Xvfb), with the plug-in as it was
 * built, and a user at it. See docs/images/screenshots.sh.
 */
public final class Screenshots {

    private Screenshots() {}

    /**
     * @param arguments the folder for the pictures
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path pictures = Path.of(arguments[0]).toAbsolutePath();
        Path folder = Files.createTempDirectory("screenshots");
        String map = "Integrated Gradients for lesions in brain-lesions-1.tif";
        String script =
                """
                command Brain with Lesions
                end
                command Lesion Classifier...
                set Folder=FOLDER
                ok
                end
                command Mean Healthy Brain
                end
                command Lesion Mask
                end
                select brain-lesions-1.tif
                command Attribution Map...
                set Model=lesion-classifier
                shot Attribution Map=PICTURES/dialog-method.png
                set Model=FOLDER/lesion-classifier
                ok
                set Baseline=images
                set Baseline images=brain-reference.tif
                shot Attribution Map=PICTURES/dialog.png
                ok
                end
                shot MAP (view)=PICTURES/view.png
                select MAP
                command Attribution Objects...
                ok
                end
                shot Attribution objects=PICTURES/objects.png
                select MAP
                command Measure Attribution...
                set Regions=brain-lesions-1-mask.tif
                ok
                end
                size Attribution in regions=1075x130
                shot Attribution in regions=PICTURES/table.png
                select MAP
                command Attribution Picture...
                ok
                end
                save FOLDER/overlay.tif
                """
                        .replace("MAP", map)
                        .replace("FOLDER", folder.toString())
                        .replace("PICTURES", pictures.toString());
        Path file = Files.writeString(folder.resolve("script.txt"), script);
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            imagej.drive(Driver.class, file.toString());
            PictureFile.save(
                    IJ.openImage(folder.resolve("overlay.tif").toString()),
                    pictures.resolve("overlay.png").toString());
        }
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            imagej.run(
                    String.format(
                            "runMacro('%s'); saveAs('png', '%s'); File.append('done', report);",
                            Path.of("macros/learned-features.ijm").toAbsolutePath(),
                            pictures.resolve("learned-features.png")));
        }
    }
}
