/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import sc.fiji.attribution.fiji.format.FileHead;

/**
 * How long an AVI says that it is; of one that ends early ImageJ opens the frames that are left.
 */
final class AviExtents implements SoundPicture.Check {

    /** Its name and its length stand before what is counted. */
    private static final int HEAD = 8;

    @Override
    public boolean recognises(FileHead head) {
        return head.has(0, "RIFF") && head.has(HEAD, "AVI ");
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        if (!head.has(HEAD + Integer.BYTES, "LIST")) {
            throw new SoundPicture.Damage("it does not begin with a list of what is in it");
        }
        long said =
                ByteBuffer.wrap(head.bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(4)
                        & 0xffffffffL;
        long there = Files.size(head.path()) - HEAD;
        if (said > there) {
            throw new SoundPicture.Damage("it says that it has " + said + " bytes, not " + there);
        }
    }
}
