/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 28,500 damaged models and images ({@code -Pfuzz}), and the first fiftieth of them ({@code
 * -Plong}): none ends the process, hangs it, throws what it may not, or leaves anything.
 */
class DamagedFilesTest {

    /** Fewer for a first look: {@code -Dfuzz.share=0.01}. */
    private static final double SHARE = Double.parseDouble(System.getProperty("fuzz.share", "1"));

    /** Of all kinds together, to stop before all are tried: {@code -Dfuzz.seconds=330}. */
    private static final double SECONDS =
            Double.parseDouble(
                    System.getProperty("fuzz.seconds", "" + TimeUnit.DAYS.toSeconds(10)));

    /** Fewer say nothing. */
    private static final int FEWEST = 20;

    /** What is damaged, how often, and its part of the time. */
    private record Kind(Class<? extends Subject> subject, int count, double part) {
        @Override
        public String toString() {
            return subject.getSimpleName();
        }
    }

    private static List<Kind> kinds() {
        return List.of(
                new Kind(SavedModelSubject.Graph.class, 3000, 0.12),
                new Kind(SavedModelSubject.Structure.class, 3000, 0.12),
                new Kind(SavedModelSubject.Variables.class, 1500, 0.08),
                new Kind(ExportedSubject.Onnx.class, 2000, 0.10),
                new Kind(ExportedSubject.TorchScript.class, 2000, 0.10),
                new Kind(KerasSubject.Archive.class, 2000, 0.09),
                new Kind(KerasSubject.Hdf5.class, 2000, 0.09),
                new Kind(PackageSubject.Description.class, 1000, 0.06),
                new Kind(PackageSubject.Archive.class, 1000, 0.06),
                new Kind(ImageSubject.Volume.class, 5000, 0.06),
                new Kind(ImageSubject.Tiff.class, 3000, 0.06),
                new Kind(ImageSubject.Dicom.class, 3000, 0.06));
    }

    @TempDir Path folder;

    @Tag("fuzz")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void areUsedOrRefused(Kind kind) throws Exception {
        attempt(kind, (int) Math.ceil(kind.count() * SHARE), SECONDS * kind.part());
    }

    /** All of them, however long a busy machine takes. */
    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void theFirstOfEachKind(Kind kind) throws Exception {
        attempt(kind, kind.count() / 50, TimeUnit.DAYS.toSeconds(1));
    }

    private void attempt(Kind kind, int count, double seconds) throws Exception {
        Campaign campaign = new Campaign(kind.subject(), 1, folder);
        List<String> faults = campaign.run(count, seconds);
        assertEquals("", String.join("\n", faults));
        assertTrue(campaign.tried() >= Math.min(count, FEWEST), campaign.tried() + " files");
    }
}
