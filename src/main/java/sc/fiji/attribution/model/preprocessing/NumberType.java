/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.preprocessing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A number type of NumPy, as descriptions name it. */
public enum NumberType {
    FLOAT64(0, 0),
    FLOAT32(0, 0),
    FLOAT16(0, 0) {
        @Override
        public float round(float value) {
            // 11 bits of significand; steps of 2^-24 below 2^-14.
            int exponent = Math.max(Math.getExponent(value), -14);
            float step = Math.scalb(1f, exponent - 10);
            double rounded = Math.rint((double) value / step) * step;
            return Math.abs(rounded) > 65504
                    ? Math.copySign(Float.POSITIVE_INFINITY, value)
                    : (float) rounded;
        }
    },
    BOOL(0, 1) {
        @Override
        public float round(float value) {
            return value != 0 ? 1 : 0;
        }
    },
    UINT8(0, 0xff),
    INT8(Byte.MIN_VALUE, Byte.MAX_VALUE),
    UINT16(0, 0xffff),
    INT16(Short.MIN_VALUE, Short.MAX_VALUE),
    UINT32(0, 0xffffffffL),
    INT32(Integer.MIN_VALUE, Integer.MAX_VALUE),
    UINT64(0, 0x1p64),
    INT64(Long.MIN_VALUE, Long.MAX_VALUE);

    private final double min;
    private final double max;

    NumberType(double min, double max) {
        this.min = min;
        this.max = max;
    }

    /** The type of that name, such as {@code float32}. */
    public static Optional<NumberType> named(String key) {
        return Arrays.stream(values()).filter(type -> type.key().equals(key)).findFirst();
    }

    public static List<String> keys() {
        return Arrays.stream(values()).map(NumberType::key).toList();
    }

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value as this type holds it: cut off toward zero and limited for integers. */
    public float round(float value) {
        if (min == max) {
            return value;
        }
        double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
        return (float) Math.min(Math.max(whole, min), max) + 0f;
    }
}
