/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.List;
import sc.fiji.attribution.core.ModelException;

/**
 * A tensor in the archive: a view of a storage.
 *
 * @param entry of the archive that holds the storage's numbers
 * @param type of its elements
 * @param length elements of the storage
 * @param offset of the first element
 * @param sizes extents, in PyTorch's order of axes
 * @param strides elements from one to the next along each axis
 */
public record StoredTensor(
        String entry,
        StoredType type,
        long length,
        long offset,
        List<Long> sizes,
        List<Long> strides) {

    /** Elements that a view may have beyond those that its storage has: of repeated ones. */
    private static final long REPEATED = 1 << 20;

    public StoredTensor {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
        if (sizes.size() != strides.size() || sizes.size() > 16 || offset < 0 || length < 0) {
            throw unfit(entry, sizes);
        }
        long last = offset;
        long count = 1;
        for (int i = 0; i < sizes.size(); i++) {
            long size = sizes.get(i);
            long stride = strides.get(i);
            if (size < 0 || stride < 0 || size > Integer.MAX_VALUE || stride > length + REPEATED) {
                throw unfit(entry, sizes);
            }
            count = multiply(count, size, entry, sizes);
            last += Math.max(size - 1, 0) * stride;
            if (last < 0) {
                throw unfit(entry, sizes);
            }
        }
        if (count > 0 && last >= length || count > length + REPEATED) {
            throw unfit(entry, sizes);
        }
    }

    private static long multiply(long a, long b, String entry, List<Long> sizes) {
        long product = a * b;
        if (Math.multiplyHigh(a, b) != 0 || product < 0) {
            throw unfit(entry, sizes);
        }
        return product;
    }

    private static ModelException unfit(String entry, List<Long> sizes) {
        return new ModelException(
                "a tensor of the shape " + sizes + " does not fit its storage '" + entry + "'");
    }

    /** Number of elements. */
    public long count() {
        return sizes.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Whether its elements lie one after the other, as in a fresh tensor. */
    boolean isContiguous() {
        long stride = 1;
        for (int i = sizes.size() - 1; i >= 0; i--) {
            if (sizes.get(i) != 1 && strides.get(i) != stride) {
                return false;
            }
            stride *= sizes.get(i);
        }
        return true;
    }
}
