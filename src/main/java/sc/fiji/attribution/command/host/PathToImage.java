/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import ij.ImagePlus;
import ij.WindowManager;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.scijava.Priority;
import org.scijava.convert.AbstractConverter;
import org.scijava.convert.Converter;
import org.scijava.plugin.Plugin;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;

/**
 * Opens the path of an image that a host was given as a text, such as by {@code --run}, where it is
 * of a format that this plug-in reads itself and others lose values or place of (NIfTI's scale, for
 * one), or those of the channels of an image. A path to nothing becomes an image without pixels
 * that has the path for its title, for the message. All other texts are the host's business as
 * before.
 */
@Plugin(type = Converter.class, priority = Priority.VERY_HIGH)
public class PathToImage extends AbstractConverter<String, ImagePlus> {

    @Override
    public boolean canConvert(Object source, Class<?> type) {
        return type == ImagePlus.class && source instanceof String text && isOurs(text);
    }

    private static boolean isOurs(String text) {
        try {
            List<String> names = ChannelFiles.names(text);
            if (names.size() > 1) {
                return names.stream().allMatch(ChannelFiles::isThere);
            }
            Path path = Path.of(text.strip());
            if (isMissing(path, text)) {
                return true;
            }
            return !text.isBlank() && Files.isRegularFile(path) && ImageFile.isVolume(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A path to nothing: the host would hand over an image that does not say which. */
    private static boolean isMissing(Path path, String text) {
        boolean isPath = text.contains("/") || text.contains(File.separator);
        return isPath && !Files.exists(path) && WindowManager.getImage(text) == null;
    }

    @Override
    public <T> T convert(Object source, Class<T> type) {
        String text = ((String) source).strip();
        if (ChannelFiles.names(text).size() == 1 && isMissing(Path.of(text), text)) {
            ImagePlus nothing = new ImagePlus();
            nothing.setTitle(text);
            return type.cast(nothing);
        }
        return type.cast(ChannelFiles.of((String) source, ImageFile::openOrFind));
    }

    @Override
    public Class<ImagePlus> getOutputType() {
        return ImagePlus.class;
    }

    @Override
    public Class<String> getInputType() {
        return String.class;
    }
}
