/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static java.util.stream.Collectors.joining;

import ij.IJ;
import ij.ImagePlus;
import ij.io.Opener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.ColourTable;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.SilentImageJ;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.bioformats.BioFormats;
import sc.fiji.attribution.fiji.format.dicom.Dicom;
import sc.fiji.attribution.fiji.format.picture.Film;
import sc.fiji.attribution.fiji.format.picture.Png;
import sc.fiji.attribution.fiji.format.picture.Portable;
import sc.fiji.attribution.fiji.format.picture.SoundPicture;
import sc.fiji.attribution.fiji.format.tiff.Tiff;
import sc.fiji.attribution.fiji.format.volume.Fits;
import sc.fiji.attribution.fiji.format.volume.FreeSurfer;
import sc.fiji.attribution.fiji.format.volume.MetaImage;
import sc.fiji.attribution.fiji.format.volume.Nrrd;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapDisplay;
import sc.fiji.attribution.fiji.nifti.Nifti;

/** Finds what reads a file, and has it read. */
record Reading(Path file, Series series) {

    /** What is read here, in every host alike; a new format is a line here. */
    private static final List<ImageFormat> FORMATS =
            List.of(
                    new Nifti(),
                    new Nrrd(),
                    new MetaImage(),
                    new FreeSurfer(),
                    new Dicom(),
                    new Tiff(),
                    new Fits(),
                    new Png(),
                    new Portable());

    ImagePlus image() {
        FileHead head = head();
        ImageFormat format = format(head);
        if (format == null) {
            return byHost();
        }
        if (head.packed() && !format.readsPacked()) {
            throw new ImageException(
                    "'"
                            + file
                            + "' is "
                            + format.name()
                            + " packed by gzip: unpack it, and name the file that was in it.");
        }
        try {
            ImagePlus image = format.read(file, series);
            if (image == null || image.getWidth() < 1 || image.getProcessor() == null) {
                throw damaged(format.name());
            }
            if (Source.of(image).isEmpty()) {
                new Source(format.name(), file).attach(image);
            }
            if (format instanceof Nifti && OpenImages.isRaw(image)) {
                // The format keeps no colours.
                MapDisplay.show(image, DivergingLut.LIGHT, MapDisplay.limit(image, 100));
            }
            return image;
        } catch (UnreadKindException e) {
            if (BioFormats.ofHost().isThere()) {
                return BioFormats.ofHost().read(file, series);
            }
            throw unread(e);
        } catch (AttributionException e) {
            throw e;
        } catch (RuntimeException e) {
            // ImageJ's decoders end so on what they do not expect.
            throw new ImageException(damaged(format.name()).getMessage(), e);
        }
    }

    private static ImageException unread(UnreadKindException e) {
        return new ImageException(
                e.getMessage()
                        + ": it is not read here; open it in Fiji, whose Bio-Formats may, and save it"
                        + " as TIFF.",
                e);
    }

    /** Null where the file is of none that is read here. */
    ImageFormat format() {
        return format(head());
    }

    private static ImageFormat format(FileHead head) {
        return FORMATS.stream().filter(f -> f.recognises(head)).findFirst().orElse(null);
    }

    private FileHead head() {
        try {
            return FileHead.of(file);
        } catch (IOException e) {
            throw new ImageException("'" + file + "' cannot be read: " + e, e);
        }
    }

    private ImagePlus byHost() {
        BioFormats other = BioFormats.ofHost();
        if (!isArchive()) {
            if (series.isChosen() && other.isThere()) {
                return other.read(file, series);
            }
            series.requireOnly(file);
        }
        ImagePlus image = null;
        RuntimeException failure = null;
        try {
            image = byImageJ();
        } catch (UnreadKindException e) {
            if (!other.isThere()) {
                throw unread(e);
            }
        } catch (ImageException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
        }
        if (image != null && image.getWidth() > 0 && image.getProcessor() != null) {
            return image;
        }
        if (other.isThere()) {
            return other.read(file, series);
        }
        throw new ImageException(
                "File '"
                        + file
                        + "' could not be read as an image: it is damaged, or none of "
                        + FORMATS.stream().map(ImageFormat::name).collect(joining(", "))
                        + " and what ImageJ opens; open it in Fiji by hand and save it as"
                        + " TIFF.",
                failure);
    }

    private ImagePlus byImageJ() {
        Opener opener = new Opener();
        opener.setSilentMode(true);
        opener.doNotUseBioFormats();
        switch (opener.getFileType(file.toString())) {
            // These would open as a table, a macro or a selection, in a window.
            case Opener.JAVA_OR_TEXT, Opener.TABLE, Opener.ROI, Opener.LUT -> {
                return null;
            }
            // Fiji's own readers are asked by a plug-in; without it ImageJ prints that it has none.
            case Opener.UNKNOWN -> {
                if (!hasExtraReaders()) {
                    return null;
                }
            }
            // By its name alone; what has the signature was read above.
            case Opener.DICOM -> {
                return null;
            }
            case Opener.ZIP -> {
                return new ZippedImage(file).read(series).orElse(null);
            }
            // The opener would ask in a dialog which frames to open.
            case Opener.AVI -> {
                return Film.read(file);
            }
            default -> {}
        }
        SoundPicture.require(file);
        ImagePlus image = SilentImageJ.read(() -> opener.openImage(file.toString()));
        if (image != null) {
            // These have no palette but for colours.
            ColourTable.markAsColours(image);
        }
        return image;
    }

    /** Which may hold several images. */
    private boolean isArchive() {
        return new Opener().getFileType(file.toString()) == Opener.ZIP;
    }

    private static boolean hasExtraReaders() {
        try {
            Class.forName("HandleExtraFileTypes", false, IJ.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private ImageException damaged(String format) {
        return new ImageException(
                "File '"
                        + file
                        + "' could not be read as an image: it looks like "
                        + format
                        + " and is damaged; copy or download it again.");
    }
}
