/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.io.FileInfo;
import ij.io.FileOpener;
import ij.io.TiffDecoder;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import sc.fiji.attribution.fiji.format.SilentImageJ;

/**
 * Files as ImageJ writes them, where all that is said of the image stands in front of its planes:
 * ImageJ, which by itself asks the system for every single byte of that, gets it from memory.
 */
final class HeadedTiff {

    /** More than labels and overlays of large stacks take. */
    private static final int MOST = 1 << 20;

    private static final int PIECE = 1 << 16;

    /** Of these ImageJ makes another kind of image. */
    private static final String TRANSFORM = "FFT of";

    private HeadedTiff() {}

    static boolean isOne(PlanesInARow row) {
        Directory fields = row.pages().get(0).fields();
        long planes = planes(row);
        return fields.description().startsWith("ImageJ=")
                && !row.isBehindOnePage()
                && fields.all(Directory.LSM).length == 0
                && fields.end() <= planes
                && planes <= MOST
                && !row.file().getFileName().toString().startsWith(TRANSFORM);
    }

    /** Where the first one begins. */
    private static long planes(PlanesInARow row) {
        return row.pages().get(0).pieces().offsets()[0];
    }

    /** Null where it was not read to its end. */
    static ImagePlus read(PlanesInARow row) throws IOException {
        Path file = row.file();
        FileInfo[] found;
        try (InputStream in = Files.newInputStream(file)) {
            InputStream head = new ByteArrayInputStream(in.readNBytes((int) planes(row)));
            found = new TiffDecoder(head, file.getFileName().toString()).getTiffInfo();
        }
        if (found == null) {
            return null;
        }
        FileInfo info = found[0];
        info.url = "";
        info.directory = file.toAbsolutePath().getParent() + "/";
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE)) {
            info.inputStream = in;
            ImagePlus image = SilentImageJ.read(() -> new FileOpener(info).openImage());
            return image == null ? null : arranged(image, info.description);
        } finally {
            info.inputStream = null;
        }
    }

    private static ImagePlus arranged(ImagePlus image, String description) {
        boolean composite = image.getOpenAsHyperStack() || description.contains("mode=");
        return image.getNChannels() < 2 || image.getType() == ImagePlus.COLOR_RGB || !composite
                ? image
                : new CompositeImage(image, TiffImage.mode(description));
    }
}
