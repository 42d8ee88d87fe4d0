/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No damaged model ends the process, hangs it, throws what it may not, or leaves anything. */
@Tag("long")
class DamagedModelsTest {

    /** Fewer for a first look: {@code -Dfuzz.share=0.01}. */
    private static final double SHARE = Double.parseDouble(System.getProperty("fuzz.share", "1"));

    @TempDir Path folder;

    private void none(Class<? extends Subject> subject, int count) throws Exception {
        List<String> faults = new Campaign(subject, 1, folder).run((int) Math.ceil(count * SHARE));
        assertEquals("", String.join("\n", faults));
    }

    @Test
    void bytesOfGraphs() throws Exception {
        none(SavedModelSubject.Graph.class, 6000);
    }

    @Test
    void structureOfGraphs() throws Exception {
        none(SavedModelSubject.Structure.class, 8000);
    }

    @Test
    void variables() throws Exception {
        none(SavedModelSubject.Variables.class, 3000);
    }
}
