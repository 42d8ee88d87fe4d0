/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.Disk;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.format.dicom.Dicom;
import sc.fiji.attribution.model.archive.TemporaryFolder;

/**
 * An archive as ImageJ saves an image: it holds a TIFF or DICOM file, or the slices of a DICOM
 * series. They are unpacked and read as any others, so that they are checked as any others.
 */
record ZippedImage(Path archive) {

    private static final Pattern TIFF = Pattern.compile("(?i)(?!__MACOSX/).*\\.tiff?");
    private static final Pattern DICOM = Pattern.compile("(?i)(?!__MACOSX/).*\\.dcm");

    /**
     * Empty where the archive holds none, or is none.
     *
     * @param series which of several TIFF files, or of the images of one
     * @throws ImageException where it holds several and none was chosen
     */
    Optional<ImagePlus> read(Series series) {
        try {
            if (!FileHead.of(archive).has(0, "PK")) {
                return Optional.empty();
            }
            List<String> tiffs = names(TIFF);
            List<String> slices = names(DICOM);
            if (tiffs.isEmpty() && slices.isEmpty()) {
                return Optional.empty();
            }
            if (tiffs.size() == 1 && slices.isEmpty()) {
                return Optional.of(unpacked(tiffs, series));
            }
            if (tiffs.isEmpty()) {
                return Optional.of(unpacked(slices, series));
            }
            List<String> all = new ArrayList<>(tiffs);
            all.addAll(slices);
            if (!series.isChosen()) {
                throw Series.ambiguous(archive, all);
            }
            String chosen = all.get(series.among(all, archive));
            return Optional.of(unpacked(List.of(chosen), Series.ANY));
        } catch (IOException | IllegalArgumentException e) {
            throw new ImageException(
                    "File '"
                            + archive
                            + "' is cut short or damaged: the image in it does not unpack; copy or"
                            + " download it again.",
                    e);
        }
    }

    private List<String> names(Pattern wanted) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> wanted.matcher(name).matches())
                    .toList();
        }
    }

    /** An image that no longer needs the files it was read from. */
    private ImagePlus unpacked(List<String> names, Series series) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path file = null;
            int count = 0;
            // From the front: so checksums are checked.
            try (ZipInputStream in = new ZipInputStream(Files.newInputStream(archive))) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    if (names.contains(entry.getName())) {
                        // The entry's name is a stranger's.
                        String suffix = entry.getName().substring(entry.getName().lastIndexOf('.'));
                        file = folder.path().resolve("entry" + count++ + suffix);
                        unpack(in, file);
                    }
                }
            }
            if (count != names.size()) {
                throw new ZipException("its directory names files that it does not hold");
            }
            return inMemory(read(count == 1 ? file : folder.path(), names, series));
        }
    }

    private void unpack(InputStream in, Path file) throws IOException {
        byte[] piece = new byte[1 << 16];
        long count = 0;
        try (OutputStream out = open(file)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                count += n;
                ImageMemory.require("'" + archive + "'", count);
                write(out, piece, n);
            }
        }
    }

    private static OutputStream open(Path file) {
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            throw Disk.temporary("The image cannot be unpacked to", e);
        }
    }

    /** What fails here is the disk, and not the archive. */
    private void write(OutputStream out, byte[] piece, int count) {
        try {
            out.write(piece, 0, count);
        } catch (IOException e) {
            throw Disk.temporary("The image in '" + archive + "' cannot be unpacked to", e);
        }
    }

    private ImagePlus read(Path file, List<String> names, Series series) {
        String name = names.get(0).replaceAll(".*[/\\\\]", "");
        try {
            ImagePlus image =
                    Files.isDirectory(file)
                            ? new Dicom().readFolder(file, series)
                            : new Reading(file, series).image();
            if (names.size() == 1) {
                image.setTitle(name);
            }
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

    /** Another reader may leave planes in the file until they are asked for. */
    ImagePlus inMemory(ImagePlus image) {
        ImageStack planes = image.getStack();
        if (!planes.isVirtual()) {
            return image;
        }
        int size = planes.size();
        double pixels = (double) image.getWidth() * image.getHeight() * size;
        ImageMemory.require("'" + archive + "'", pixels * image.getBytesPerPixel());
        ImageStack read = new ImageStack(image.getWidth(), image.getHeight());
        for (int i = 1; i <= size; i++) {
            read.addSlice(planes.getSliceLabel(i), planes.getProcessor(i).duplicate());
        }
        int[] extents = image.getDimensions();
        image.setStack(read);
        image.setDimensions(extents[2], extents[3], extents[4]);
        return image;
    }
}
