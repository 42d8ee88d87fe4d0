/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 20,500 damaged models and images: none ends the process, hangs it, throws what it may not, or
 * leaves anything.
 */
@Tag("long")
class DamagedFilesTest {

    /** Fewer for a first look: {@code -Dfuzz.share=0.01}. */
    private static final double SHARE = Double.parseDouble(System.getProperty("fuzz.share", "1"));

    /** What is damaged, and how often. */
    private record Kind(Class<? extends Subject> subject, int count) {
        @Override
        public String toString() {
            return subject.getSimpleName();
        }
    }

    private static List<Kind> kinds() {
        return List.of(
                new Kind(SavedModelSubject.Graph.class, 3000),
                new Kind(SavedModelSubject.Structure.class, 3000),
                new Kind(SavedModelSubject.Variables.class, 1500),
                new Kind(PackageSubject.Description.class, 1000),
                new Kind(PackageSubject.Archive.class, 1000),
                new Kind(ImageSubject.Volume.class, 5000),
                new Kind(ImageSubject.Tiff.class, 3000),
                new Kind(ImageSubject.Dicom.class, 3000));
    }

    @TempDir Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void areUsedOrRefused(Kind kind) throws Exception {
        int count = (int) Math.ceil(kind.count() * SHARE);
        List<String> faults = new Campaign(kind.subject(), 1, folder).run(count);
        assertEquals("", String.join("\n", faults));
    }
}
