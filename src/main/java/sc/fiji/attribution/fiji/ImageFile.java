/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.VirtualStack;
import ij.io.FileInfo;
import ij.io.FileSaver;
import ij.io.Opener;
import ij.io.TiffEncoder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import sc.fiji.attribution.core.ImageException;

/** Images on disk: opened with a clear error where that fails, saved wholly or not at all. */
public final class ImageFile {

    /** A format that ImageJ itself does not read. */
    private record Format(String suffix, Function<Path, ImagePlus> reader) {}

    /** Formats that are looked at before ImageJ's own; a new one is a line here. */
    private static final List<Format> FORMATS = List.of();

    private ImageFile() {}

    /**
     * Opens an image; in Fiji, whatever Fiji's readers open.
     *
     * @throws ImageException if there is no such file, or it is no image
     */
    public static ImagePlus open(String path) {
        Path file = path(path);
        if (!Files.exists(file)) {
            throw new ImageException(
                    "Image file '"
                            + file
                            + "' does not exist: check the path; a relative one starts at "
                            + Path.of("").toAbsolutePath()
                            + ".");
        }
        if (Files.isDirectory(file)) {
            throw new ImageException("'" + file + "' is a folder: name an image file in it.");
        }
        ImagePlus image = null;
        RuntimeException failure = null;
        try {
            image = reader(file).apply(file);
        } catch (ImageException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
        }
        if (image == null || image.getWidth() < 1 || image.getProcessor() == null) {
            throw new ImageException(
                    "File '"
                            + file
                            + "' could not be read as an image: it is damaged or of a format that"
                            + " ImageJ does not open; open it in Fiji by hand and save it as TIFF.",
                    failure);
        }
        requireComplete(image, file);
        return image;
    }

    /**
     * Checks that a map can be saved there, before the work is done: creates an empty file beside
     * it and removes it again.
     *
     * @throws ImageException if not: the name does not end in .tif or .tiff, the folder is missing
     *     or not writable, or a folder has that name
     */
    public static void checkWritable(String path) {
        Path file = path(path);
        if (Files.isDirectory(file)) {
            throw new ImageException(
                    "Cannot save as '" + file + "', which is a folder: add a file name.");
        }
        if (!isTiff(file)) {
            throw new ImageException(
                    "Cannot save as '" + file + "': maps are saved as TIFF, end the name in .tif.");
        }
        if (!Files.isDirectory(file.getParent())) {
            throw new ImageException(
                    "Cannot save as '"
                            + file
                            + "': '"
                            + file.getParent()
                            + (Files.exists(file.getParent())
                                    ? "' is a file, not a folder: choose another folder."
                                    : "' does not exist: create this folder first."));
        }
        try {
            Path temporary = temporary(file);
            Files.createFile(temporary);
            Files.delete(temporary);
        } catch (IOException e) {
            throw new ImageException(
                    "Cannot save as '"
                            + file
                            + "': no file can be created in this folder ("
                            + e
                            + "); choose another.",
                    e);
        }
    }

    /**
     * Saves an image with its properties as TIFF. Under its name stands the old file or the whole
     * new one, never a part of it.
     *
     * @throws ImageException if that fails, for example because the disk is full
     */
    public static void save(ImagePlus image, String path) {
        checkWritable(path);
        Path file = path(path);
        Path temporary = temporary(file);
        try {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
                new TiffEncoder(contents(image)).write(out);
            }
            move(temporary, file);
        } catch (IOException e) {
            throw new ImageException(
                    "Image '"
                            + image.getTitle()
                            + "' could not be saved as '"
                            + file
                            + "' ("
                            + e
                            + "): check the space on the disk, or choose another folder.",
                    e);
        } finally {
            delete(temporary);
        }
    }

    private static Path path(String path) {
        if (path == null || path.isBlank()) {
            throw new ImageException("The path of the image file is empty: give one.");
        }
        try {
            return Path.of(path.strip()).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new ImageException(
                    "'" + path + "' is no file path (" + e.getReason() + "): correct it.", e);
        }
    }

    private static boolean isTiff(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".tif") || name.endsWith(".tiff");
    }

    private static Function<Path, ImagePlus> reader(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        for (Format format : FORMATS) {
            if (name.endsWith(format.suffix())) {
                return format.reader();
            }
        }
        return ImageFile::openWithImageJ;
    }

    private static ImagePlus openWithImageJ(Path file) {
        Opener opener = new Opener();
        opener.setSilentMode(true);
        switch (opener.getFileType(file.toString())) {
            // These would open as a table, a macro or a selection, in a window.
            case Opener.JAVA_OR_TEXT, Opener.TABLE, Opener.ROI, Opener.LUT -> {
                return null;
            }
            default -> {}
        }
        // Errors come back as no image, instead of in a dialog.
        IJ.redirectErrorMessages(true);
        try {
            return opener.openImage(file.toString());
        } finally {
            IJ.redirectErrorMessages(false);
        }
    }

    /** ImageJ fills up a TIFF file that ends too early with zeros, which are pixels like others. */
    private static void requireComplete(ImagePlus image, Path file) {
        FileInfo info = image.getOriginalFileInfo();
        if (info == null || info.fileFormat != FileInfo.TIFF || !isTiff(file)) {
            return; // not of this format, or inside an archive
        }
        boolean inOnePiece = info.stripOffsets == null || info.stripOffsets.length <= 1;
        boolean wholeBytes =
                switch (info.fileType) {
                    case FileInfo.GRAY8,
                            FileInfo.COLOR8,
                            FileInfo.GRAY16_SIGNED,
                            FileInfo.GRAY16_UNSIGNED,
                            FileInfo.GRAY32_FLOAT ->
                            info.compression <= FileInfo.COMPRESSION_NONE;
                    default -> false;
                };
        if (!inOnePiece || !wholeBytes) {
            return;
        }
        long bytes = (long) info.width * info.height * info.getBytesPerPixel() * info.nImages;
        if (info.getOffset() + bytes > file.toFile().length()) {
            throw new ImageException(
                    "File '"
                            + file
                            + "' is cut short: its pixels need "
                            + (info.getOffset() + bytes)
                            + " bytes, it has "
                            + file.toFile().length()
                            + "; copy or download it again.");
        }
    }

    /** What {@link FileSaver} writes; its own writing shows failures in a dialog. */
    private static FileInfo contents(ImagePlus image) {
        FileInfo contents = image.getFileInfo();
        FileSaver saver = new FileSaver(image);
        contents.description = saver.getDescriptionString();
        contents.info = image.getInfoProperty();
        contents.properties = image.getPropertiesAsArray();
        if (image.getStack() instanceof VirtualStack virtual) {
            contents.virtualStack = virtual;
        }
        if (image.hasImageStack()) {
            contents.sliceLabels = image.getStack().getSliceLabels();
        }
        if (image instanceof CompositeImage) {
            saver.saveDisplayRangesAndLuts(image, contents);
        }
        return contents;
    }

    /**
     * A new name in the same folder, since only there a move is one step. The JDK's own temporary
     * files can be read by their owner only, and so would the saved one.
     */
    private static Path temporary(Path file) {
        return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(
                    from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The failure that led here is already on its way and says more.
            temporary.toFile().deleteOnExit();
        }
    }
}
