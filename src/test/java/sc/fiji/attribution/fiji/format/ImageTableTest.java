/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.testing.Resources;

/**
 * Every image of the collections: read with the values and the place that nibabel, pydicom,
 * tifffile and numpy find in it, or refused by name.
 */
class ImageTableTest {

    /** What is refused, and a word that the message must have. */
    private static final String[][] REFUSED = {
        {"edge/derived_anatomical_bad_magic.nii", "magic"},
        {"edge/derived_anatomical_truncated_data.nii", "ends before"},
        {"edge/derived_blobs_truncated.tif", "cut short"},
        {"edge/derived_empty.nii.gz", "ends before"},
        {"edge/derived_truncated_someones_anatomy.nii.gz", "ends before"},
        {"edge/nibabel_analyze_hdr_only.hdr", "no file"},
        {"edge/nibabel_nifti1_hdr_only.hdr", "no file"},
        {"edge/nibabel_nifti2_hdr_only.hdr", "no file"},
        {"edge/nibabel_row_major.dconn.nii", "CIFTI"},
        {"edge/nibabel_slicethickness_empty_string.dcm", "JPEG 2000"},
        {"edge/pydicom_DICOMDIR-nooffset", "holds no image"},
        {"edge/pydicom_MR_truncated.dcm", "cut short"},
        {"edge/pydicom_UN_sequence.dcm", "holds no image"},
        {"edge/pydicom_badVR.dcm", "number of frames"},
        {"edge/pydicom_empty_charset_LEI.dcm", "holds no image"},
        {"edge/pydicom_meta_missing_tsyntax.dcm", "has no rows"},
        {"edge/pydicom_rtplan_truncated.dcm", "DICOM"},
        {"edge/models/ff1-97/a.dcm", "DICOM"},
        {"edge/models/ff1-108/a.tif", "TIFF"},
        {"edge/models/ff1-609/a.tif", "TIFF"},
        {"volumes/dicom/nibabel_csa_slice_norm.dcm", "holds no image"},
        {"volumes/dicom/pydicom_98892003_MR700", "series"},
        {"volumes/nrrd/pynrrd_BallBinary30x30x30_bz2.nrrd", "bzip2"},
        // Renamed in the collection; under their own names they are read in NrrdTest.
        {"volumes/nrrd/pynrrd_BallBinary30x30x30.nhdr", "there is no file"},
        {"volumes/nrrd/pynrrd_BallBinary30x30x30_byteskip_minus_five.nhdr", "there is no file"},
        {"volumes/nrrd/pynrrd_BallBinary30x30x30_byteskip_minus_one.nhdr", "there is no file"},
        {
            "volumes/nrrd/pynrrd_BallBinary30x30x30_byteskip_minus_one_nifti.nhdr",
            "there is no file"
        },
        {"volumes/nrrd/pynrrd_BallBinary30x30x30_nifti.nhdr", "there is no file"},
    };

    static List<String> read() throws IOException {
        try (InputStream in = ImageTableTest.class.getResourceAsStream("images.tsv")) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static Path file(String name) {
        return Resources.shared("cases").getParent().resolve(name);
    }

    static Stream<List<String>> refused() {
        return Arrays.stream(REFUSED).map(List::of);
    }

    @ParameterizedTest
    @MethodSource("read")
    void valuesAndPlaceAreThoseOfOtherTools(String line) {
        String[] cells = line.split("\t");
        ImagePlus image = ImageFile.open(file(cells[0]).toString());
        assertArrayEquals(
                Arrays.stream(cells[1].split(" ")).mapToInt(Integer::parseInt).toArray(),
                image.getDimensions());
        ImageView view = ImageView.of(image);
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double weighted = 0;
        long i = 0;
        for (int t = 0; t < image.getNFrames(); t++) {
            for (int z = 0; z < image.getNSlices(); z++) {
                for (int c = 0; c < image.getNChannels(); c++) {
                    for (float value : view.slice(c, z, t)) {
                        min = Math.min(min, value);
                        max = Math.max(max, value);
                        sum += value;
                        weighted += value * Math.cos(i++);
                    }
                }
            }
        }
        double scale = Math.max(Math.abs(min), Math.abs(max));
        assertEquals(Double.parseDouble(cells[2]), min, 2e-7 * scale, "min");
        assertEquals(Double.parseDouble(cells[3]), max, 2e-7 * scale, "max");
        assertEquals(Double.parseDouble(cells[4]), sum / i, 2e-7 * scale, "mean");
        // Rounding to float32 walks at random.
        double tolerance = 1e-7 * scale * Math.sqrt(i) + 1e-8 * Math.abs(weighted);
        assertEquals(Double.parseDouble(cells[5]), weighted, 3 * tolerance, "order of voxels");
        ImageGeometry geometry = ImageGeometry.of(image);
        boolean placed = geometry.sform() > 0 || geometry.qform()[0] > 0;
        assertEquals(!cells[6].equals("-"), placed, "says where it lies");
        if (placed) {
            double[] expected =
                    Arrays.stream(cells[6].split(" ")).mapToDouble(Double::parseDouble).toArray();
            double[] actual = geometry.affine().rows();
            for (int k = 0; k < 12; k++) {
                assertEquals(expected[k], actual[k], 1e-4 + 1e-5 * Math.abs(expected[k]), "affine");
            }
        }
        assertFalse(Source.of(image).orElseThrow().reader().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsNotReadIsRefusedByName(List<String> row) {
        Path file = file(row.get(0));
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                        .getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.contains(row.get(1)), message);
        assertTrue(message.contains(file.getFileName().toString()), message);
        assertFalse(message.contains("format that ImageJ does not open"), message);
    }

    /** No image of the collections is left out of the two tables. */
    @org.junit.jupiter.api.Test
    void theTablesAreWhole() throws IOException {
        Set<String> known = new TreeSet<>();
        read().forEach(line -> known.add(line.split("\t")[0]));
        Arrays.stream(REFUSED).forEach(row -> known.add(row[0]));
        List<String> left = new ArrayList<>();
        Path shared = Resources.shared("cases").getParent();
        for (String folder : List.of("cases", "edge", "volumes")) {
            try (Stream<Path> files = Files.walk(shared.resolve(folder))) {
                files.map(file -> shared.relativize(file).toString().replace('\\', '/'))
                        .filter(
                                name ->
                                        name.matches(
                                                ".*\\.(tif|nii|nii\\.gz|dcm|nrrd|nhdr|hdr|img|mgz)"))
                        .filter(name -> !known.contains(name))
                        .forEach(left::add);
            }
        }
        // Further files of one series, which is in the table.
        left.removeIf(name -> name.matches(".*(series/IM_|CT5N/).*"));
        // Sound files without the meta information; see DicomTest.
        left.remove("edge/pydicom_no_meta.dcm");
        assertEquals(List.of(), left);
    }
}
