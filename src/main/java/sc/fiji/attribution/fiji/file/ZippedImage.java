/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.io.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.model.archive.TemporaryFolder;

/**
 * An archive as ImageJ saves an image: its first entry is a TIFF or DICOM file. That is unpacked
 * and read as any other, so that it is checked as any other.
 */
record ZippedImage(Path archive) {

    private static final String NAMES = "(?i).*\\.(tif|dcm)";

    /** Empty where the archive holds none, or is none. */
    Optional<ImagePlus> read(Series series) {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(archive))) {
            ZipEntry first = in.getNextEntry();
            if (first == null || !first.getName().matches(NAMES)) {
                return Optional.empty();
            }
            String name = first.getName().replaceAll(".*[/\\\\]", "");
            try (TemporaryFolder folder = TemporaryFolder.create()) {
                // The entry's name is a stranger's.
                Path file = folder.path().resolve("entry" + name.substring(name.lastIndexOf('.')));
                unpack(in, file);
                in.closeEntry();
                return Optional.of(read(file, name, series));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new ImageException(
                    "File '"
                            + archive
                            + "' is cut short or damaged: the image in it does not unpack; copy or"
                            + " download it again.",
                    e);
        }
    }

    private void unpack(InputStream in, Path file) throws IOException {
        long free = JavaHeap.free();
        byte[] piece = new byte[1 << 16];
        long count = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                count += n;
                if (count > free) {
                    ImageMemory.require("'" + archive + "'", Math.max(count, JavaHeap.free() + 1));
                }
                out.write(piece, 0, n);
            }
        }
    }

    private ImagePlus read(Path file, String name, Series series) {
        try {
            ImagePlus image = new Reading(file, series).image();
            image.setTitle(name);
            FileInfo info = new FileInfo();
            info.directory = archive.toAbsolutePath().getParent() + "/";
            info.fileName = String.valueOf(archive.getFileName());
            image.setFileInfo(info);
            List<String> notes = Source.of(image).map(Source::notes).orElse(List.of());
            new Source("ZIP of ImageJ", List.of(archive), notes).attach(image);
            return image;
        } catch (AttributionException e) {
            // That file is gone when the message is read.
            throw new ImageException(
                    e.getMessage()
                            .replace(file.toString(), archive.toString())
                            .replace(String.valueOf(file.getFileName()), archive + ", " + name),
                    e);
        }
    }
}
