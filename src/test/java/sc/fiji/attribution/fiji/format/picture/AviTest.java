/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.plugin.AVI_Reader;
import ij.plugin.filter.AVI_Writer;
import ij.process.ByteProcessor;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;

/** AVI as ImageJ writes it, whole and cut short. */
class AviTest {

    private static final int FRAMES = 4;

    @TempDir Path folder;

    private byte[] file;

    private static ImageProcessor frame(int number) {
        ByteProcessor frame = new ByteProcessor(16, 12);
        for (int i = 0; i < frame.getPixelCount(); i++) {
            frame.set(i, (i * 7 + 50 * number) % 256);
        }
        return frame;
    }

    @BeforeEach
    void write() throws IOException {
        ImageStack frames = new ImageStack(16, 12);
        for (int i = 0; i < FRAMES; i++) {
            frames.addSlice(frame(i));
        }
        Path path = folder.resolve("written.avi");
        new AVI_Writer()
                .writeImage(
                        new ImagePlus("frames", frames),
                        path.toString(),
                        AVI_Writer.NO_COMPRESSION,
                        0);
        file = Files.readAllBytes(path);
    }

    @Test
    void whole() throws IOException {
        ImagePlus image = ImageFile.open(Files.write(folder.resolve("a.avi"), file).toString());
        assertEquals(FRAMES, image.getStackSize());
        for (int i = 0; i < FRAMES; i++) {
            byte[] expected = (byte[]) frame(i).getPixels();
            ImageProcessor read = image.getStack().getProcessor(i + 1);
            for (int pixel = 0; pixel < expected.length; pixel++) {
                assertEquals(expected[pixel] & 0xff, read.get(pixel) & 0xff, i + ", " + pixel);
            }
        }
    }

    /** ImageJ prints lines of its own. */
    @Test
    void withoutAList() throws IOException {
        file[12] = 'M';
        Path path = Files.write(folder.resolve("a.avi"), file);
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(path.toString()))
                        .getMessage();
        assertTrue(message.contains("does not begin with a list"), message);
    }

    @Test
    void cutShort() throws IOException {
        for (int length : new int[] {file.length - 1, file.length / 2, 300, 100, 20}) {
            Path path = Files.write(folder.resolve("a.avi"), Arrays.copyOf(file, length));
            String message =
                    assertThrows(ImageException.class, () -> ImageFile.open(path.toString()))
                            .getMessage();
            assertTrue(message.contains("a.avi' is cut short or damaged"), message);
        }
    }

    /** ImageJ's reader gives the frames before the memory ended, or before an error. */
    @Test
    void filmThatIsNotReadToItsEnd() throws IOException {
        Path path = Files.write(folder.resolve("a.avi"), file);
        for (String failure : new String[] {"Out of memory.  1 of 4 frames will be opened.", "x"}) {
            AVI_Reader reader =
                    new AVI_Reader() {
                        @Override
                        public String getErrorText() {
                            return failure;
                        }
                    };
            String message =
                    assertThrows(ImageException.class, () -> Film.whole(path, reader)).getMessage();
            assertTrue(message.contains("a.avi"), message);
            assertEquals(failure.length() > 1, message.contains("too large"), message);
        }
    }
}
