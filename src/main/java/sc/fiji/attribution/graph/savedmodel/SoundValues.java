/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.NodeName;

/**
 * Checks the values and shapes that nodes carry, before TensorFlow or anybody else makes room for
 * them: TensorFlow ends the process where a constant's type and that of its tensor differ, where
 * the extents overflow, or where the values are handles to what only lives in memory.
 *
 * <p>A constant may hold one value for all of its elements; what such constants grow to beyond
 * their file is bounded for a whole graph.
 */
final class SoundValues {

    /** Bytes that constants of a graph may hold beyond what its file does. */
    private static final long SPREAD = 1L << 28;

    /** Elements of a shape; no machine holds more. */
    private static final long ELEMENTS = 1L << 46;

    private static final int RANK = 254;

    /** Bytes of an element, for types whose values a file can hold. */
    private static final Map<DataType, Integer> BYTES =
            Map.ofEntries(
                    entry(DataType.DT_BOOL, 1),
                    entry(DataType.DT_INT8, 1),
                    entry(DataType.DT_UINT8, 1),
                    entry(DataType.DT_QINT8, 1),
                    entry(DataType.DT_QUINT8, 1),
                    entry(DataType.DT_INT16, 2),
                    entry(DataType.DT_UINT16, 2),
                    entry(DataType.DT_QINT16, 2),
                    entry(DataType.DT_QUINT16, 2),
                    entry(DataType.DT_HALF, 2),
                    entry(DataType.DT_BFLOAT16, 2),
                    entry(DataType.DT_INT32, 4),
                    entry(DataType.DT_UINT32, 4),
                    entry(DataType.DT_QINT32, 4),
                    entry(DataType.DT_FLOAT, 4),
                    entry(DataType.DT_INT64, 8),
                    entry(DataType.DT_UINT64, 8),
                    entry(DataType.DT_DOUBLE, 8),
                    entry(DataType.DT_COMPLEX64, 8),
                    entry(DataType.DT_COMPLEX128, 16));

    private long spread;

    /** Bytes that so many elements take; -1 where the type's values are no numbers. */
    static long bytes(DataType type, long elements) {
        Integer each = BYTES.get(type);
        return each == null ? -1 : elements * each;
    }

    /**
     * @throws ModelException names the node and what is wrong
     */
    void check(NodeDef node) {
        for (AttrValue value : node.getAttrMap().values()) {
            switch (value.getValueCase()) {
                case TENSOR -> tensor(value.getTensor(), node);
                case SHAPE -> elements(value.getShape(), node);
                case LIST -> {
                    value.getList().getTensorList().forEach(each -> tensor(each, node));
                    value.getList().getShapeList().forEach(each -> elements(each, node));
                }
                default -> {
                    // Neither values nor extents.
                }
            }
        }
        AttrValue values = node.getAttrMap().get("value");
        AttrValue type = node.getAttrMap().get("dtype");
        if (node.getOp().equals("Const")
                && (values == null
                        || type == null
                        || values.getTensor().getDtype() != type.getType())) {
            throw damaged(node, "its values are not of the type that it says");
        }
    }

    private void tensor(TensorProto tensor, NodeDef node) {
        if (tensor.getTensorShape().getUnknownRank()
                || tensor.getTensorShape().getDimList().stream().anyMatch(d -> d.getSize() < 0)) {
            throw damaged(node, "its values have no certain shape");
        }
        long elements = elements(tensor.getTensorShape(), node);
        DataType type = tensor.getDtype();
        boolean text = type == DataType.DT_STRING;
        if (!text && !BYTES.containsKey(type)) {
            throw damaged(node, "values of type " + type + " cannot stand in a file");
        }
        int each = text ? 16 : BYTES.get(type);
        if (!tensor.getTensorContent().isEmpty()) {
            if (text || tensor.getTensorContent().size() != elements * each) {
                throw damaged(
                        node,
                        tensor.getTensorContent().size()
                                + " bytes stand where its shape "
                                + extents(tensor.getTensorShape())
                                + " of "
                                + type
                                + " needs "
                                + (text ? "text" : elements * each));
            }
            return;
        }
        int listed = listed(tensor);
        if (listed > elements) {
            throw damaged(
                    node,
                    listed
                            + " values stand where its shape "
                            + extents(tensor.getTensorShape())
                            + " needs "
                            + elements);
        }
        spread += (elements - listed) * each;
        if (spread > SPREAD) {
            throw damaged(
                    node,
                    "it grows to "
                            + elements
                            + " values from "
                            + listed
                            + " in the file, "
                            + extents(tensor.getTensorShape()));
        }
    }

    private static int listed(TensorProto tensor) {
        return switch (tensor.getDtype()) {
            case DT_FLOAT -> tensor.getFloatValCount();
            case DT_DOUBLE -> tensor.getDoubleValCount();
            case DT_HALF, DT_BFLOAT16 -> tensor.getHalfValCount();
            case DT_INT64 -> tensor.getInt64ValCount();
            case DT_UINT64 -> tensor.getUint64ValCount();
            case DT_UINT32 -> tensor.getUint32ValCount();
            case DT_BOOL -> tensor.getBoolValCount();
            case DT_STRING -> tensor.getStringValCount();
            case DT_COMPLEX64 -> tensor.getScomplexValCount() / 2;
            case DT_COMPLEX128 -> tensor.getDcomplexValCount() / 2;
            default -> tensor.getIntValCount();
        };
    }

    /** Elements of a shape; extents that are not known count as one. */
    private static long elements(TensorShapeProto shape, NodeDef node) {
        long elements = 1;
        boolean empty = false;
        for (TensorShapeProto.Dim dim : shape.getDimList()) {
            long extent = dim.getSize();
            empty |= extent == 0;
            if (extent < -1
                    || extent > ELEMENTS
                    || extent > 0 && elements > ELEMENTS / extent
                    || shape.getDimCount() > RANK) {
                throw damaged(node, "no machine holds values of the shape " + extents(shape));
            }
            elements *= Math.max(extent, 1);
        }
        return empty ? 0 : elements;
    }

    private static String extents(TensorShapeProto shape) {
        long[] extents =
                shape.getDimList().stream()
                        .mapToLong(TensorShapeProto.Dim::getSize)
                        .limit(8)
                        .toArray();
        return Arrays.stream(extents)
                .mapToObj(Long::toString)
                .collect(Collectors.joining("×", "[", "]"));
    }

    private static ModelException damaged(NodeDef node, String what) {
        return new ModelException(
                "The graph is not sound: "
                        + node.getOp()
                        + " '"
                        + NodeName.of(node.getName())
                        + "': "
                        + what
                        + "; copy or export it again.");
    }
}
