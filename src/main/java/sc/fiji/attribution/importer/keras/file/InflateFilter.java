/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import io.jhdf.exceptions.HdfFilterException;
import io.jhdf.filter.Filter;
import io.jhdf.filter.FilterManager;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates a chunk as the library's own filter does, up to a size that no honest chunk has: a few
 * kilobytes can become gigabytes.
 */
final class InflateFilter implements Filter {

    /** HDF5's own cache takes chunks of up to one megabyte; writers keep to it. */
    private static final int LARGEST = 256 << 20;

    private static final int ID = 1;
    private static final int BUFFER = 1 << 16;

    /** Takes the place of the library's own. */
    static void install() {
        FilterManager.addFilter(new InflateFilter());
    }

    @Override
    public int getId() {
        return ID;
    }

    @Override
    public String getName() {
        return "deflate";
    }

    @Override
    public byte[] decode(byte[] compressed, int[] options) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            ByteArrayOutputStream plain = new ByteArrayOutputStream(BUFFER);
            byte[] buffer = new byte[BUFFER];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                if (count == 0 || plain.size() > LARGEST) {
                    throw new HdfFilterException(
                            count == 0
                                    ? "a compressed part is truncated"
                                    : "a compressed part is too large");
                }
                plain.write(buffer, 0, count);
            }
            return plain.toByteArray();
        } catch (DataFormatException e) {
            throw new HdfFilterException("a compressed part is damaged", e);
        } finally {
            inflater.end();
        }
    }
}
