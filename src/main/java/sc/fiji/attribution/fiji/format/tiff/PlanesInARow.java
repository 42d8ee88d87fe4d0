/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * What a file has of planes that stand in one piece behind the first, as ImageJ and MetaMorph write
 * them, whether each has a directory or one stands for all.
 *
 * @param count of planes
 */
record PlanesInARow(Path file, List<Page> pages, long count) {

    private static final Pattern IMAGES = Pattern.compile("(?m)^images=(\\d{1,9})\\s*$");

    /** Zeiss' block about a stack, in the order of its bytes: where it has its number of times. */
    private static final int LSM_TIMES = 24;

    /** Those of a file of which ImageJ knows how many there are. */
    static PlanesInARow of(Path file, List<Page> pages) {
        Directory fields = pages.get(0).fields();
        Matcher said = IMAGES.matcher(fields.description());
        boolean own = fields.description().startsWith("ImageJ=");
        long count = own && said.find() ? Integer.parseInt(said.group(1)) : 1;
        if (fields.all(Directory.METAMORPH).length > 0) {
            // A fraction for each plane.
            count = fields.all(Directory.METAMORPH).length / 2;
        } else if (fields.all(Directory.IPLAB).length > 0) {
            count = fields.get(Directory.IPLAB, 1);
        }
        return new PlanesInARow(file, pages, Math.max(1, count));
    }

    private Page first() {
        return pages.get(0);
    }

    /** Whether it is a stack of MetaMorph or IPLab: of these ImageJ alone knows how to go on. */
    boolean isBehindOnePage() {
        Directory fields = first().fields();
        return fields.all(Directory.METAMORPH).length > 0
                || fields.all(Directory.METAMORPH_OLD).length > 0
                || fields.all(Directory.IPLAB).length > 0;
    }

    /**
     * Refuses stacks whose planes would be left out or mixed up.
     *
     * @throws UnreadKindException for MetaMorph's and IPLab's that ImageJ would not read rightly,
     *     and Zeiss' with channels or times
     */
    void requireKnown() {
        long[] lsm = first().fields().all(Directory.LSM);
        boolean times = lsm.length > LSM_TIMES + 3 && (lsm[LSM_TIMES] != 1 || lsm[25] != 0);
        if (lsm.length > 0 && (first().samples() > 1 || times)) {
            throw new UnreadKindException(
                    file, "TIFF of Zeiss (LSM) with several channels or times");
        }
        String name = String.valueOf(file.getFileName());
        boolean named = name.contains(".stk") || name.contains(".STK");
        Directory fields = first().fields();
        boolean plural =
                fields.all(Directory.METAMORPH_OLD).length > 0
                        ? named || count > 1
                        : isBehindOnePage() && count > 1;
        boolean counted = named && fields.all(Directory.METAMORPH).length > 0;
        boolean metamorph = fields.all(Directory.IPLAB).length == 0;
        if (plural && !(first().isInARow() && pages.size() == 1 && (counted || !metamorph))) {
            throw new UnreadKindException(
                    file,
                    String.format(
                            Locale.ROOT,
                            "TIFF of %s whose %d planes have one directory, %s",
                            metamorph ? "MetaMorph" : "IPLab",
                            count,
                            named ? "packed or in pieces" : "and no name of theirs (stk)"));
        }
    }

    /**
     * Whether ImageJ alone reads them rightly.
     *
     * @throws ImageException where the file ends before the last
     */
    boolean isImageJs() throws IOException {
        if (!pages.stream().allMatch(Page::isInARow) || !isContiguous()) {
            return false;
        }
        if (pages.size() == 1) {
            double end = first().pieces().offsets()[0] + count * first().stored();
            if (end > Files.size(file)) {
                throw new ImageException(
                        "File '"
                                + file
                                + "' is cut short: its "
                                + count
                                + " planes need "
                                + (long) end
                                + " bytes, it has "
                                + Files.size(file)
                                + "; copy or download it again.");
            }
        }
        return pages.size() == 1 || pages.size() == count;
    }

    private boolean isContiguous() {
        for (int i = 1; i < pages.size(); i++) {
            double offset = first().pieces().offsets()[0] + i * first().stored();
            if (pages.get(i).pieces().offsets()[0] != offset || !pages.get(i).isLike(first())) {
                return false;
            }
        }
        return true;
    }

    double bytes() {
        return count * first().bytes();
    }
}
