/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * Where a long computation reports how far it is and asks whether to go on. Called between model
 * calls, on the thread that computes.
 */
public interface Progress {

    /** Reports nowhere and never cancels. */
    Progress NONE = (done, total, what) -> {};

    /**
     * Reports that {@code done} of {@code total} units of work are finished.
     *
     * @param what what is being done, for a status bar
     * @throws CancelledException when the user asked to stop; the caller closes what it opened and
     *     lets it through
     */
    void update(long done, long total, String what);

    /** A line worth reading before long work goes on, such as how long it will take. */
    default void note(String line) {}

    /** Progress of one of several equal parts, passed on as progress of the whole. */
    static Progress part(Progress whole, int part, int parts) {
        return parts(whole, part, 1, parts);
    }

    /** Progress of the parts from one on, all together. */
    static Progress rest(Progress whole, int part, int parts) {
        return parts(whole, part, parts - part, parts);
    }

    private static Progress parts(Progress whole, int first, int count, int parts) {
        return new Progress() {
            @Override
            public void update(long done, long total, String what) {
                whole.update(first * total + count * done, parts * total, what);
            }

            @Override
            public void note(String line) {
                whole.note(line);
            }
        };
    }
}
