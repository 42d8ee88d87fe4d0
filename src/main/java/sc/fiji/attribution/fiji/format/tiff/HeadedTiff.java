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
import java.util.Optional;
import sc.fiji.attribution.fiji.format.SilentImageJ;

/**
 * Files as ImageJ writes them, where all that is said of the image stands in front of its planes:
 * ImageJ, which by itself asks the system for every single byte of that, gets it from memory.
 *
 * @param ofImage what ImageJ reads in front of the planes
 */
record HeadedTiff(PlanesInARow row, FileInfo ofImage) {

    /** More than labels and overlays of large stacks take. */
    private static final int MOST = 1 << 20;

    private static final int PIECE = 1 << 16;

    /** Of these ImageJ makes another kind of image. */
    private static final String TRANSFORM = "FFT of";

    /** Empty where the file is another. */
    static Optional<HeadedTiff> of(PlanesInARow row) throws IOException {
        Page first = row.pages().get(0);
        Directory fields = first.fields();
        long planes = first.pieces().offsets()[0];
        String name = row.file().getFileName().toString();
        if (!fields.description().startsWith("ImageJ=")
                || row.isBehindOnePage()
                || fields.all(Directory.LSM).length > 0
                || fields.end() > planes
                || planes > MOST
                || name.startsWith(TRANSFORM)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(row.file())) {
            InputStream head = new ByteArrayInputStream(in.readNBytes((int) planes));
            FileInfo[] found = new TiffDecoder(head, name).getTiffInfo();
            return found == null || found.length != 1 || found[0].nImages != row.count()
                    ? Optional.empty()
                    : Optional.of(new HeadedTiff(row, found[0]));
        }
    }

    /** Null where memory ended, or it was stopped. */
    ImagePlus read() throws IOException {
        ofImage.url = "";
        ofImage.directory = row.file().toAbsolutePath().getParent() + "/";
        try (InputStream in = new BufferedInputStream(Files.newInputStream(row.file()), PIECE)) {
            ofImage.inputStream = in;
            ImagePlus image = SilentImageJ.read(() -> new FileOpener(ofImage).openImage());
            return image == null ? null : arranged(image, ofImage.description);
        } finally {
            ofImage.inputStream = null;
        }
    }

    private static ImagePlus arranged(ImagePlus image, String description) {
        boolean composite = image.getOpenAsHyperStack() || description.contains("mode=");
        return image.getNChannels() < 2 || image.getType() == ImagePlus.COLOR_RGB || !composite
                ? image
                : new CompositeImage(image, TiffImage.mode(description));
    }
}
