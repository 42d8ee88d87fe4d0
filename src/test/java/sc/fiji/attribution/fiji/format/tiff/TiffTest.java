/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.input.ImageView;

/** TIFF files laid out here from revision 6.0, not by ImageJ. */
class TiffTest {

    @TempDir Path folder;

    /** A page of one strip of given bytes; entries are added or replaced by {@code more}. */
    private record Raw(
            int width,
            int height,
            int bits,
            int format,
            byte[] pixels,
            Map<Integer, Integer> more) {}

    private Path write(String name, ByteOrder order, String description, List<Raw> pages)
            throws IOException {
        ByteBuffer out = ByteBuffer.allocate(1 << 16).order(order);
        out.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes());
        out.putShort((short) 42).putInt(0);
        int link = 4;
        byte[] text = (description + "\0\0\0\0").getBytes(StandardCharsets.UTF_8);
        int at = out.position();
        out.put(text);
        for (Raw page : pages) {
            int strip = out.position();
            out.put(page.pixels);
            TreeMap<Integer, Integer> fields =
                    new TreeMap<>(
                            Map.of(
                                    256,
                                    page.width,
                                    257,
                                    page.height,
                                    258,
                                    page.bits,
                                    259,
                                    1,
                                    262,
                                    1,
                                    273,
                                    strip,
                                    277,
                                    1,
                                    278,
                                    page.height,
                                    279,
                                    page.pixels.length,
                                    339,
                                    page.format));
            fields.putAll(page.more);
            out.putInt(link, out.position());
            boolean named = page == pages.get(0);
            out.putShort((short) (fields.size() + (named ? 1 : 0)));
            for (Map.Entry<Integer, Integer> field : fields.entrySet()) {
                if (named && field.getKey() == 273) {
                    out.putShort((short) 270).putShort((short) 2).putInt(text.length).putInt(at);
                }
                out.putShort(field.getKey().shortValue())
                        .putShort((short) 4)
                        .putInt(1)
                        .putInt(field.getValue());
            }
            link = out.position();
            out.putInt(0);
        }
        byte[] bytes = new byte[out.position()];
        out.rewind().get(bytes);
        return Files.write(folder.resolve(name), bytes);
    }

    private static Raw page(
            int width, int height, int bits, int format, ByteOrder order, long... values) {
        ByteBuffer out = ByteBuffer.allocate(width * height * bits / 8).order(order);
        for (int i = 0; i < width * height; i++) {
            long value = values[i % values.length];
            switch (bits) {
                case 8 -> out.put((byte) value);
                case 16 -> out.putShort((short) value);
                default -> out.putInt((int) value);
            }
        }
        return new Raw(width, height, bits, format, out.array(), Map.of());
    }

    private String refused(Path file) {
        return assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                .getMessage();
    }

    @ParameterizedTest
    @CsvSource({"8, 2", "16, 2", "32, 2", "8, 1", "16, 1", "32, 1"})
    void everyKindOfWholeNumber(int bits, int format) throws IOException {
        long most = (1L << bits - (format == 2 ? 1 : 0)) - 1;
        long[] values = {
            0, 1, most, most - 256, format == 2 ? -most - 1 : most / 2 + 1, format == 2 ? -1 : 7
        };
        if (bits == 8) {
            values[3] = most - 3;
        }
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            Path file = write("n.tif", order, "", List.of(page(3, 2, bits, format, order, values)));
            float[] read = ImageView.of(ImageFile.open(file.toString())).slice(0, 0, 0);
            for (int i = 0; i < 6; i++) {
                assertEquals((float) values[i], read[i], order + " " + i);
            }
        }
    }

    private static final String TWO_SERIES =
            "<?xml version=\"1.0\"?><OME"
                    + " xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image"
                    + " ID=\"Image:0\" Name=\"overview\"><Pixels DimensionOrder=\"XYZCT\" SizeX=\"2\""
                    + " SizeY=\"2\" SizeZ=\"1\" SizeC=\"1\" SizeT=\"1\" Type=\"uint8\"><TiffData"
                    + " IFD=\"0\"/></Pixels></Image><Image ID=\"Image:1\" Name=\"cells\"><Pixels"
                    + " DimensionOrder=\"XYTZC\" SizeX=\"3\" SizeY=\"2\" SizeZ=\"2\" SizeC=\"2\""
                    + " SizeT=\"1\" Type=\"int8\" PhysicalSizeX=\"0.5\" PhysicalSizeY=\"500\""
                    + " PhysicalSizeYUnit=\"nm\" PhysicalSizeZ=\"0.002\""
                    + " PhysicalSizeZUnit=\"mm\"><TiffData IFD=\"1\""
                    + " PlaneCount=\"4\"/></Pixels></Image></OME>";

    /** Which series was read is noted; order of axes and units are those of the XML. */
    @Test
    void omeTiffOfTwoSeries() throws IOException {
        ByteOrder order = ByteOrder.BIG_ENDIAN;
        List<Raw> pages = new ArrayList<>(List.of(page(2, 2, 8, 1, order, 200)));
        for (int i = 1; i <= 4; i++) {
            pages.add(page(3, 2, 8, 2, order, -i));
        }
        String file = write("two.ome.tif", order, TWO_SERIES, pages).toString();
        ImagePlus first = ImageFile.open(file);
        assertEquals(200, ImageView.of(first).slice(0, 0, 0)[3]);
        String note = Source.of(first).orElseThrow().notes().get(0);
        assertTrue(note.contains("Series 1 of 2 (overview)"), note);
        for (String choice : new String[] {"2", "cells", "Cell"}) {
            ImagePlus image = ImageFile.open(file, new Series(choice));
            assertArrayEquals(new int[] {3, 2, 2, 2, 1}, image.getDimensions());
            for (int c = 0; c < 2; c++) {
                for (int z = 0; z < 2; z++) {
                    assertEquals(-(1 + z + 2 * c), ImageView.of(image).slice(c, z, 0)[5]);
                }
            }
            assertEquals(0.5, image.getCalibration().pixelWidth);
            assertEquals(0.5, image.getCalibration().pixelHeight, 1e-9);
            assertEquals(2, image.getCalibration().pixelDepth, 1e-9);
        }
        String message =
                assertThrows(
                                ImageException.class,
                                () -> ImageFile.open(file, new Series("nucleus")))
                        .getMessage();
        assertTrue(message.contains("1: overview; 2: cells"), message);
    }

    @Test
    void pagesOfDifferentSizesAreSeries() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Raw thumbnail = page(2, 1, 8, 1, order, 9);
        List<Raw> pages =
                List.of(
                        page(3, 2, 16, 1, order, 5),
                        page(3, 2, 16, 1, order, 6),
                        new Raw(2, 1, 8, 1, thumbnail.pixels, Map.of(254, 1)),
                        page(4, 4, 16, 1, order, 7));
        String file = write("many.tif", order, "", pages).toString();
        assertEquals(2, ImageFile.open(file).getNSlices());
        assertEquals(7, ImageView.of(ImageFile.open(file, new Series("2"))).slice(0, 0, 0)[0]);
    }

    @Test
    void whatImageJWouldMistakeIsRefusedByName() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Raw good = page(3, 2, 16, 1, order, 5);
        record Case(String words, Raw page) {}
        List<Case> cases =
                List.of(
                        new Case(
                                "TIFF of 1 sample of 24 bits, floating point",
                                new Raw(3, 2, 24, 3, good.pixels, Map.of())),
                        new Case(
                                "its tiles are",
                                new Raw(3, 2, 16, 1, good.pixels, Map.of(322, 16))),
                        new Case(
                                "compressed as JPEG",
                                new Raw(3, 2, 16, 1, good.pixels, Map.of(259, 7))),
                        new Case("is damaged", new Raw(3, 2, 16, 1, good.pixels, Map.of(278, 0))),
                        new Case("is damaged", new Raw(3, 2, 16, 1, good.pixels, Map.of(256, 0))),
                        new Case(
                                "cut short",
                                new Raw(3, 2, 16, 1, good.pixels, Map.of(257, 60000, 278, 60000))));
        for (Case each : cases) {
            String message = refused(write("c.tif", order, "", List.of(each.page)));
            assertTrue(message.contains(each.words) && message.contains("c.tif"), message);
        }
        byte[] circle = Files.readAllBytes(write("o.tif", order, "", List.of(good)));
        ByteBuffer bytes = ByteBuffer.wrap(circle).order(order);
        bytes.putInt(circle.length - 4, bytes.getInt(4));
        Path looped = Files.write(folder.resolve("loop.tif"), circle);
        assertTrue(refused(looped).contains("circle"), refused(looped));
    }

    /** Of a stack that ends early ImageJ opens the planes that are left. */
    @Test
    void stackThatEndsEarly() throws IOException {
        ByteOrder order = ByteOrder.BIG_ENDIAN;
        Raw three = page(3, 2, 16, 1, order, 5);
        byte[] planes = Arrays.copyOf(three.pixels, 3 * three.pixels.length);
        Raw page = new Raw(3, 2, 16, 1, planes, Map.of());
        Path whole = write("s.tif", order, "ImageJ=1.54p\nimages=3\nslices=3\n", List.of(page));
        assertEquals(3, ImageFile.open(whole.toString()).getNSlices());
        Path more = write("m.tif", order, "ImageJ=1.54p\nimages=90\nslices=90\n", List.of(page));
        assertTrue(refused(more).contains("its 90 planes need"), refused(more));
    }

    /** Before an array is asked for. */
    @Test
    void planesOfTwoGigabytes() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Raw good = page(3, 2, 16, 1, order, 5);
        Map<Integer, Integer> large = Map.of(256, 30000, 257, 30000, 278, 30000, 259, 8, 258, 32);
        String message =
                refused(
                        write(
                                "l.tif",
                                order,
                                "",
                                List.of(new Raw(3, 2, 32, 1, good.pixels, large))));
        assertTrue(message.contains("pieces of more than 2 GB"), message);
    }

    /** No entity is expanded, and nothing outside is read. */
    @Test
    void xmlOfAStranger() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        String bomb =
                "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
                        + TWO_SERIES.substring(21).replace("cells", "&b;");
        String message = refused(write("x.tif", order, bomb, List.of(page(2, 2, 8, 1, order, 1))));
        assertTrue(message.contains("OME-XML is not sound"), message);
    }
}
