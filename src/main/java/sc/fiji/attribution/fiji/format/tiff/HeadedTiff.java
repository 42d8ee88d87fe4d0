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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.fiji.format.SilentImageJ;

/**
 * A file as ImageJ writes it: all that is said of the image stands in front of its planes, and
 * behind them a directory for each plane but the first says the same again. ImageJ makes the image
 * of it, but by itself asks the system for every single byte of what stands in front; here it gets
 * that from memory, and the planes in large pieces.
 *
 * @param ofImage what ImageJ reads in front of the planes
 */
record HeadedTiff(PlanesInARow row, FileInfo ofImage) {

    /** More than labels and overlays of large stacks take. */
    private static final int MOST = 1 << 20;

    private static final int PIECE = 1 << 16;

    /** Of these ImageJ makes another kind of image. */
    private static final String TRANSFORM = "FFT of";

    /**
     * Empty where the file is another, or is damaged.
     *
     * @throws sc.fiji.attribution.core.ImageException where it ends before its last plane
     */
    static Optional<HeadedTiff> of(Path file) throws IOException {
        Directory fields = Directory.first(file);
        String name = String.valueOf(file.getFileName());
        if (!fields.description().startsWith("ImageJ=")
                || fields.all(Directory.LSM).length > 0
                || !DecoderView.isWhole(fields)
                || name.startsWith(TRANSFORM)) {
            return Optional.empty();
        }
        Page page = Page.of(file, fields);
        PlanesInARow row = PlanesInARow.of(file, List.of(page));
        long planes = page.pieces().offsets()[0];
        if (row.isBehindOnePage() || !page.isInARow() || fields.end() > planes || planes > MOST) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.allocate((int) planes).order(page.order());
        try (FileChannel channel = FileChannel.open(file)) {
            channel.read(head, 0);
            long directories = new Followers(channel, head, (long) page.stored()).count(planes);
            if (directories != row.count() && (directories != 1 || !row.isImageJs())) {
                return Optional.empty();
            }
        }
        FileInfo[] found =
                new TiffDecoder(new ByteArrayInputStream(head.array()), name).getTiffInfo();
        return found == null || found.length != 1 || found[0].nImages != row.count()
                ? Optional.empty()
                : Optional.of(new HeadedTiff(row, found[0]));
    }

    /** Null where memory ended, or it was stopped. */
    ImagePlus read() throws IOException {
        ofImage.url = "";
        ofImage.directory = row.file().toAbsolutePath().getParent() + "/";
        try (InputStream in = new BufferedInputStream(Files.newInputStream(row.file()), PIECE)) {
            ofImage.inputStream = in;
            ImagePlus image = SilentImageJ.read(() -> new FileOpener(ofImage).openImage());
            return image == null ? null : arranged(image);
        } finally {
            ofImage.inputStream = null;
        }
    }

    private ImagePlus arranged(ImagePlus image) {
        String description = row.pages().get(0).fields().description();
        boolean composite = image.getOpenAsHyperStack() || description.contains("mode=");
        return image.getNChannels() < 2 || image.getType() == ImagePlus.COLOR_RGB || !composite
                ? image
                : new CompositeImage(image, TiffImage.mode(description));
    }
}
