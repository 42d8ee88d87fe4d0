/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.graph.ir.NodeName;

/** What TensorFlow says of an error, in one line for people. */
final class NativeMessage {

    private static final int LONGEST = 300;

    private static final Pattern OTHER_EXTENTS =
            Pattern.compile("node (\\S+)" + Pattern.quote(NodeName.SAID_EXTENTS));

    private NativeMessage() {}

    /** The first line of what is said at the bottom of an error, without the names of classes. */
    static String of(Throwable error) {
        Throwable at = error;
        while (at.getCause() != null && at.getCause() != at) {
            at = at.getCause();
        }
        return of(at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage());
    }

    /** The first line, without what comes from no file and means nothing to a user. */
    static String of(String message) {
        String line =
                message.lines()
                        .map(each -> each.replaceAll("\\p{Cntrl}", " ").strip())
                        .filter(each -> !each.isEmpty())
                        .findFirst()
                        .orElse("no reason is given")
                        .replace("(null)", "")
                        .replaceAll("[.\\s]+$", "");
        Matcher other = OTHER_EXTENTS.matcher(message);
        if (other.find()) {
            line =
                    "its file says other extents of layer '"
                            + NodeName.of(other.group(1))
                            + "' than there are, and loops or branches hang on them: export the"
                            + " model again. "
                            + line;
        }
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
