/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.VirtualStack;
import ij.io.FileInfo;
import ij.io.FileSaver;
import ij.io.TiffEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.format.dicom.Dicom;
import sc.fiji.attribution.fiji.format.picture.Png;
import sc.fiji.attribution.fiji.format.picture.Portable;
import sc.fiji.attribution.fiji.format.tiff.Tiff;
import sc.fiji.attribution.fiji.nifti.Nifti;
import sc.fiji.attribution.fiji.storage.WholeFile;

/** Images on disk: opened with a clear error where that fails, saved wholly or not at all. */
public final class ImageFile {

    private static final Dicom DICOM = new Dicom();

    private static final String[] WRITABLE = {".tif", ".tiff", ".nii", ".nii.gz"};

    private ImageFile() {}

    /**
     * Opens an image, or the one DICOM series of a folder: by this plug-in where it knows the
     * format, else by ImageJ, else by Bio-Formats where that is on the class path. {@link Source}
     * says which.
     *
     * @throws ImageException if there is no such file, it is no image, or is cut short
     */
    public static ImagePlus open(String path) {
        return open(path, Series.ANY);
    }

    /**
     * As {@link #open(String)}, one of a file's several images.
     *
     * @throws ImageException also where there is no such series
     */
    public static ImagePlus open(String path, Series series) {
        Path file = existing(path);
        try {
            ImagePlus image =
                    Files.isDirectory(file)
                            ? ofFolder(file, series)
                            : new Reading(file, series).image();
            if (Source.of(image).isEmpty()) {
                new Source("ImageJ", file).attach(image);
            }
            return image;
        } catch (OutOfMemoryError e) {
            throw ImageMemory.tooLarge("'" + file + "'", e);
        }
    }

    /**
     * The image of a file without its values, from the header alone where the format has one in
     * front: for what is asked of many files before any is used.
     *
     * @throws ImageException as {@link #open}, but for damage that only the values show
     */
    public static ImagePlus outline(String path) {
        Path file = existing(path);
        if (Files.isDirectory(file)) {
            return open(path);
        }
        ImageFormat format = new Reading(file, Series.ANY).format();
        return format instanceof Nifti || format instanceof Tiff
                ? format.outline(file)
                : open(path);
    }

    /** Whether a file is of one of the formats of volumes that are read here. */
    public static boolean isVolume(Path file) {
        ImageFormat format = new Reading(file, Series.ANY).format();
        return format != null
                && !(format instanceof Tiff || format instanceof Png || format instanceof Portable);
    }

    private static Path existing(String path) {
        WholeFile file = WholeFile.at(path);
        if (!Files.exists(file.path())) {
            throw new ImageException(
                    "Image file "
                            + file
                            + " does not exist: check the path; a relative one starts at "
                            + Path.of("").toAbsolutePath()
                            + ".");
        }
        if (!Files.isDirectory(file.path()) && !Files.isRegularFile(file.path())) {
            // A pipe or a device would be waited for.
            throw new ImageException(file + " is no regular file: name an image file.");
        }
        return file.path();
    }

    private static ImagePlus ofFolder(Path folder, Series series) {
        if (!DICOM.isFolder(folder)) {
            throw new ImageException(
                    "'"
                            + folder
                            + "' is a folder: name an image file in it, or a folder of DICOM.");
        }
        return DICOM.readFolder(folder, series);
    }

    /** Whether it is a folder whose files are images of their own, and not the slices of one. */
    public static boolean isFolderOfFiles(String path) {
        WholeFile folder = WholeFile.at(path);
        return Files.isDirectory(folder.path()) && !DICOM.isFolder(folder.path());
    }

    /**
     * The image on the screen with that title, or else the one in the file of that path.
     *
     * @throws ImageException as {@link #open}
     */
    public static ImagePlus openOrFind(String titleOrPath) {
        return OpenImages.titled(titleOrPath).orElseGet(() -> open(titleOrPath));
    }

    /**
     * Opens another one of the several images of the file that an image came from.
     *
     * @throws ImageException as {@link #open}, or where it came from no file
     */
    public static ImagePlus reopen(ImagePlus image, Series series) {
        if (image == null || Outputs.filesOf(image).isEmpty()) {
            throw new ImageException(
                    "series="
                            + series.choice()
                            + ": the image comes from no file; name one (input=…).");
        }
        return open(Outputs.filesOf(image).get(0).toString(), series);
    }

    /**
     * Opens an image, or all of a folder or a pattern ({@link FilePattern}) in the order of their
     * names, DICOM by series.
     *
     * @throws ImageException as {@link #open}, or if the folder has no files
     */
    public static List<ImagePlus> openAll(String path) {
        boolean pattern = FilePattern.isOne(path);
        if (!pattern) {
            WholeFile file = WholeFile.at(path);
            if (!Files.isDirectory(file.path())) {
                return List.of(open(path));
            }
            if (DICOM.isFolder(file.path())) {
                return DICOM.readAll(file.path());
            }
        }
        try {
            List<ImagePlus> images =
                    FilePattern.files(path).stream().map(each -> open(each.toString())).toList();
            if (images.isEmpty()) {
                throw new ImageException(
                        pattern
                                ? "'" + path + "': there are no such files."
                                : "Folder " + WholeFile.at(path) + " has no images in it.");
            }
            return images;
        } catch (IOException e) {
            throw new ImageException("'" + path + "' cannot be read: " + e.getMessage(), e);
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
        for (Path file : Outputs.filesOf(source)) {
            if (WholeFile.at(path).is(file)) {
                throw new ImageException(
                        "Cannot save as '"
                                + path
                                + "': that is the image itself, which would be lost; choose another"
                                + " name.");
            }
        }
    }

    /**
     * Saves an image, wholly or not at all: as TIFF with its labels and properties, or as NIfTI
     * with its place in the world and, of a map, how it was made.
     *
     * @throws ImageException as {@link #checkWritable}, or if the disk is full
     */
    public static void save(ImagePlus image, String path) {
        WholeFile file = WholeFile.at(path);
        file.requireName(WRITABLE);
        if (Nifti.isNifti(file.path())) {
            Nifti.write(image, file.path());
            return;
        }
        file.write(out -> new TiffEncoder(contents(image)).write(out));
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
