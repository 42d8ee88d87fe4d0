/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.VirtualStack;
import ij.WindowManager;
import ij.io.FileInfo;
import ij.io.FileSaver;
import ij.io.Opener;
import ij.io.TiffEncoder;
import ij.util.DicomTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.nifti.Nifti;

/** Images on disk: opened with a clear error where that fails, saved wholly or not at all. */
public final class ImageFile {

    /** A format that ImageJ itself does not read. */
    private record Format(String suffix, Function<Path, ImagePlus> reader) {}

    /** Formats that are looked at before ImageJ's own; a new one is a line here. */
    private static final List<Format> FORMATS =
            List.of(new Format(".nii", Nifti::read), new Format(".nii.gz", Nifti::read));

    private static final String[] WRITABLE = {".tif", ".tiff", ".nii", ".nii.gz"};

    /** Property that holds the path of an image while it is in memory. */
    private static final String FILE = "attribution.file";

    private ImageFile() {}

    /**
     * Opens an image; in Fiji, whatever Fiji's readers open.
     *
     * @throws ImageException if there is no such file, it is no image, or is cut short
     */
    public static ImagePlus open(String path) {
        WholeFile file = WholeFile.at(path);
        if (!Files.exists(file.path())) {
            throw new ImageException(
                    "Image file "
                            + file
                            + " does not exist: check the path; a relative one starts at "
                            + Path.of("").toAbsolutePath()
                            + ".");
        }
        if (Files.isDirectory(file.path())) {
            throw new ImageException(file + " is a folder: name an image file in it.");
        }
        ImagePlus image = null;
        RuntimeException failure = null;
        try {
            image = reader(file).apply(file.path());
        } catch (ImageException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
        }
        if (image == null || image.getWidth() < 1 || image.getProcessor() == null) {
            throw new ImageException(
                    "File "
                            + file
                            + " could not be read as an image: it is damaged or of a format that"
                            + " ImageJ does not open; open it in Fiji by hand and save it as TIFF.",
                    failure);
        }
        requireComplete(image, file);
        image.setProperty(FILE, file.path().toString());
        return image;
    }

    /**
     * The image on the screen with that title, or else the one in the file of that path.
     *
     * @throws ImageException as {@link #open}
     */
    public static ImagePlus openOrFind(String titleOrPath) {
        ImagePlus shown = WindowManager.getImage(titleOrPath.strip());
        return shown == null ? open(titleOrPath) : shown;
    }

    /**
     * Opens an image, or all images of a folder in the order of their names.
     *
     * @throws ImageException as {@link #open}, or if the folder has no files
     */
    public static List<ImagePlus> openAll(String path) {
        WholeFile file = WholeFile.at(path);
        if (!Files.isDirectory(file.path())) {
            return List.of(open(path));
        }
        try (Stream<Path> files = Files.list(file.path())) {
            List<ImagePlus> images =
                    files.filter(Files::isRegularFile)
                            .filter(each -> !each.getFileName().toString().startsWith("."))
                            .sorted()
                            .map(each -> open(each.toString()))
                            .toList();
            if (images.isEmpty()) {
                throw new ImageException("Folder " + file + " has no images in it.");
            }
            return images;
        } catch (IOException e) {
            throw new ImageException("Folder " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Checks that a map can be saved there, before the work is done.
     *
     * @throws ImageException if not: the name does not end in .tif, .tiff, .nii or .nii.gz, the
     *     folder is missing or not writable, or a folder has that name
     */
    public static void checkWritable(String path) {
        WholeFile.at(path).requireWritable(WRITABLE);
    }

    /**
     * As {@link #checkWritable(String)}, in one of these formats.
     *
     * @param suffixes of {@code .tif}, {@code .tiff}, {@code .nii} and {@code .nii.gz}
     */
    public static void checkWritable(String path, String... suffixes) {
        WholeFile.at(path).requireWritable(suffixes);
    }

    /**
     * Checks that saving there would not replace the image that a map is made of.
     *
     * @throws ImageException if it would
     */
    public static void requireOther(String path, ImagePlus source) {
        // ImageJ knows the file of what it opened itself; of NIfTI images we do.
        FileInfo info = source.getOriginalFileInfo();
        String file = info == null ? (String) source.getProperty(FILE) : info.getFilePath();
        if (file != null
                && !file.isBlank()
                && WholeFile.at(file)
                        .path()
                        .normalize()
                        .equals(WholeFile.at(path).path().normalize())) {
            throw new ImageException(
                    "Cannot save as '"
                            + path
                            + "': that is the image itself, which would be lost; choose another"
                            + " name.");
        }
    }

    /**
     * Saves an image, wholly or not at all: as TIFF with its labels and properties, or as NIfTI
     * with its place in the world.
     *
     * @throws ImageException as {@link #checkWritable}, or if the disk is full
     */
    public static void save(ImagePlus image, String path) {
        checkWritable(path);
        WholeFile file = WholeFile.at(path);
        if (Nifti.isNifti(file.path())) {
            Nifti.write(image, file.path());
            return;
        }
        file.write(out -> new TiffEncoder(contents(image)).write(out));
    }

    private static Function<Path, ImagePlus> reader(WholeFile file) {
        for (Format format : FORMATS) {
            if (file.endsIn(format.suffix())) {
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
        // ImageJ reports a failure in its log then, instead of in a dialog.
        IJ.redirectErrorMessages(true);
        try {
            return opener.openImage(file.toString());
        } finally {
            IJ.redirectErrorMessages(false);
        }
    }

    /** ImageJ fills up a file that ends too early with zeros, which are pixels like others. */
    private static void requireComplete(ImagePlus image, WholeFile file) {
        FileInfo info = image.getOriginalFileInfo();
        boolean tiff =
                info != null && info.fileFormat == FileInfo.TIFF && file.endsIn(".tif", ".tiff");
        boolean dicom =
                info != null && info.fileFormat == FileInfo.DICOM && !file.endsIn(".zip", ".gz");
        if (dicom) {
            requireFrames(image, file);
        }
        if (!tiff && !dicom) {
            return; // not of these formats, or inside an archive
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
        long pixels = (long) info.width * info.height * info.nImages;
        long needed = info.getOffset() + pixels * info.getBytesPerPixel();
        long length = file.path().toFile().length();
        if (needed > length) {
            throw new ImageException(
                    "File "
                            + file
                            + " is cut short: its pixels need "
                            + needed
                            + " bytes, it has "
                            + length
                            + "; copy or download it again.");
        }
    }

    /** Where DICOM's number of frames is no number, ImageJ reads one frame and drops the rest. */
    private static void requireFrames(ImagePlus image, WholeFile file) {
        String frames = DicomTools.getTag(image, "0028,0008");
        if (frames != null && !frames.isBlank() && !frames.strip().matches("\\d+")) {
            throw new ImageException(
                    "File "
                            + file
                            + " is damaged: its number of frames (0028,0008) is '"
                            + frames.strip()
                            + "'; export it again.");
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
}
