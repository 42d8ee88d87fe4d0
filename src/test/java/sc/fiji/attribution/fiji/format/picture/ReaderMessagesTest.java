/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words of libjpeg 6b, libjpeg-turbo and the JDK. */
class ReaderMessagesTest {

    @ParameterizedTest
    @CsvSource({
        "Truncated File - Missing EOI marker, true",
        "Premature end of JPEG file, true",
        "Corrupt JPEG data: premature end of data segment, true",
        "Corrupt JPEG data: bad Huffman code, true",
        "Corrupt JPEG data: found marker 0xd3 instead of RST2, true",
        "Inconsistent progression sequence for component 0 coefficient 3, true",
        "Out-of-sequence code!, true",
        "Corrupt JPEG data: bad ICC marker, false",
        "Invalid icc profile: duplicate sequence numbers, false",
        "Embedded color profile is invalid; ignored, false",
        "Invalid SOS parameters for sequential JPEG, false",
        "Warning: unknown JFIF revision number 3.01, false",
        "Unknown Adobe color transform code 7, false",
        "'tRNS chunk has more entries than prior PLTE chunk, ignoring extras.', false",
        "JFIF markers not allowed in JFIF JPEG thumbnail; ignored, false",
        "Use default color table., false",
    })
    void warnings(String text, boolean damage) throws IOException {
        assertEquals(damage, ReaderMessages.isOfDamage(text, Path.of("not read")));
    }
}
