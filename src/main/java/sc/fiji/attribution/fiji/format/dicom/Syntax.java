/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.util.Map;

/** Transfer syntaxes (PS3.6, table A-1): those that are read, and names of others. */
final class Syntax {

    private static final String ROOT = "1.2.840.10008.1.2";

    static final String IMPLICIT = ROOT;
    static final String EXPLICIT = ROOT + ".1";
    static final String DEFLATED = ROOT + ".1.99";
    static final String BIG_ENDIAN = ROOT + ".2";
    static final String RUN_LENGTH = ROOT + ".5";

    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry(".4.50", "JPEG"),
                    Map.entry(".4.51", "12-bit JPEG"),
                    Map.entry(".4.57", "lossless JPEG"),
                    Map.entry(".4.70", "lossless JPEG"),
                    Map.entry(".4.80", "JPEG-LS"),
                    Map.entry(".4.81", "JPEG-LS"),
                    Map.entry(".4.90", "JPEG 2000"),
                    Map.entry(".4.91", "JPEG 2000"),
                    Map.entry(".4.100", "MPEG-2"),
                    Map.entry(".4.102", "MPEG-4"),
                    Map.entry(".4.201", "high-throughput JPEG 2000"),
                    Map.entry(".4.202", "high-throughput JPEG 2000"),
                    Map.entry(".4.203", "high-throughput JPEG 2000"),
                    Map.entry(".1.99", "deflated data"));

    private Syntax() {}

    static boolean isPlain(String syntax) {
        return syntax.isEmpty()
                || syntax.equals(IMPLICIT)
                || syntax.equals(EXPLICIT)
                || syntax.equals(BIG_ENDIAN);
    }

    /** For people. */
    static String name(String syntax) {
        String end = syntax.startsWith(ROOT) ? syntax.substring(ROOT.length()) : "";
        return NAMES.getOrDefault(end, "transfer syntax " + DataSet.clean(syntax));
    }
}
