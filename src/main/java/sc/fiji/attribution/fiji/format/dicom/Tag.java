/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.util.Locale;
import java.util.Set;

/** The attributes that are read, as group and element in one number (PS3.6). */
final class Tag {

    static final int TRANSFER_SYNTAX = 0x00020010;
    static final int INSTANCE = 0x00080018;
    static final int SERIES_DESCRIPTION = 0x0008103E;
    static final int ACQUISITION_NUMBER = 0x00200012;
    static final int INSTANCE_NUMBER = 0x00200013;
    static final int FRAME_TIME = 0x00181063;
    static final int SLICE_THICKNESS = 0x00180050;
    static final int SPACING_BETWEEN_SLICES = 0x00180088;
    static final int IMAGER_PIXEL_SPACING = 0x00181164;
    static final int SERIES_INSTANCE = 0x0020000E;
    static final int SERIES_NUMBER = 0x00200011;
    static final int POSITION = 0x00200032;
    static final int ORIENTATION = 0x00200037;
    static final int TEMPORAL_POSITION = 0x00200100;
    static final int SAMPLES_PER_PIXEL = 0x00280002;
    static final int PHOTOMETRIC = 0x00280004;
    static final int PLANAR = 0x00280006;
    static final int FRAMES = 0x00280008;
    static final int FRAME_INCREMENT = 0x00280009;
    static final int ROWS = 0x00280010;
    static final int COLUMNS = 0x00280011;
    static final int PIXEL_SPACING = 0x00280030;
    static final int BITS_ALLOCATED = 0x00280100;
    static final int BITS_STORED = 0x00280101;
    static final int HIGH_BIT = 0x00280102;
    static final int SIGNED = 0x00280103;
    static final int INTERCEPT = 0x00281052;
    static final int SLOPE = 0x00281053;
    static final int MODALITY_LUT = 0x00283000;
    static final int SHARED_GROUPS = 0x52009229;
    static final int FRAME_GROUPS = 0x52009230;
    static final int PIXEL_MEASURES = 0x00289110;
    static final int PIXEL_TRANSFORMATION = 0x00289145;
    static final int PLANE_POSITION = 0x00209113;
    static final int PLANE_ORIENTATION = 0x00209116;
    static final int FLOAT_PIXELS = 0x7FE00008;
    static final int DOUBLE_PIXELS = 0x7FE00009;
    static final int PIXELS = 0x7FE00010;

    static final int ITEM = 0xFFFEE000;
    static final int ITEM_END = 0xFFFEE00D;
    static final int SEQUENCE_END = 0xFFFEE0DD;

    private static final Set<Integer> VALUES =
            Set.of(
                    TRANSFER_SYNTAX,
                    INSTANCE,
                    SERIES_DESCRIPTION,
                    ACQUISITION_NUMBER,
                    INSTANCE_NUMBER,
                    FRAME_TIME,
                    SLICE_THICKNESS,
                    SPACING_BETWEEN_SLICES,
                    IMAGER_PIXEL_SPACING,
                    SERIES_INSTANCE,
                    SERIES_NUMBER,
                    POSITION,
                    ORIENTATION,
                    TEMPORAL_POSITION,
                    SAMPLES_PER_PIXEL,
                    PHOTOMETRIC,
                    PLANAR,
                    FRAMES,
                    FRAME_INCREMENT,
                    ROWS,
                    COLUMNS,
                    PIXEL_SPACING,
                    BITS_ALLOCATED,
                    BITS_STORED,
                    HIGH_BIT,
                    SIGNED,
                    INTERCEPT,
                    SLOPE);

    private Tag() {}

    /**
     * Whether the value matters; a series of ten thousand files is kept in memory without the rest.
     */
    static boolean isRead(int tag) {
        return VALUES.contains(tag);
    }

    /** As people write it: {@code (0028,0008)}. */
    static String text(int tag) {
        return String.format(Locale.ROOT, "(%04X,%04X)", tag >>> 16, tag & 0xffff);
    }
}
