/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.proto.SavedModel;

/** Damages a protocol buffer field by field: numbers, names, wires, what is there and how often. */
final class MessageDamage {

    private static final long[] NUMBERS = {
        0, 1, -1, 2, 3, 255, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40, Long.MAX_VALUE
    };

    private MessageDamage() {}

    static byte[] of(byte[] original, Random random) throws InvalidProtocolBufferException {
        SavedModel.Builder model = SavedModel.parseFrom(original).toBuilder();
        for (int k = random.nextInt(3); k >= 0; k--) {
            damage(model, random);
        }
        return model.build().toByteArray();
    }

    /** Walks down by chance and changes one field. */
    private static void damage(Message.Builder message, Random random) {
        List<FieldDescriptor> fields = new ArrayList<>(message.getAllFields().keySet());
        if (fields.isEmpty()) {
            return;
        }
        // Deep inside there is more to break.
        List<FieldDescriptor> inner =
                fields.stream().filter(f -> f.getType() == FieldDescriptor.Type.MESSAGE).toList();
        List<FieldDescriptor> from = !inner.isEmpty() && random.nextInt(10) < 8 ? inner : fields;
        FieldDescriptor field = from.get(random.nextInt(from.size()));
        if (field.isRepeated()) {
            repeated(message, field, random);
        } else if (field.getType() == FieldDescriptor.Type.MESSAGE && random.nextInt(40) > 0) {
            Message.Builder part = ((Message) message.getField(field)).toBuilder();
            damage(part, random);
            message.setField(field, part.build());
        } else if (random.nextInt(8) == 0) {
            message.clearField(field);
        } else {
            message.setField(field, other(field, message.getField(field), random));
        }
    }

    private static void repeated(Message.Builder message, FieldDescriptor field, Random random) {
        List<Object> values = new ArrayList<>();
        int count = message.getRepeatedFieldCount(field);
        for (int i = 0; i < count; i++) {
            values.add(message.getRepeatedField(field, i));
        }
        int at = random.nextInt(count);
        Object value = values.get(at);
        switch (random.nextInt(value instanceof Message ? 30 : 6)) {
            case 0 -> values.remove(at);
            case 1 -> values.add(random.nextInt(count + 1), value);
            case 2 -> values.set(at, values.get(random.nextInt(count)));
            default -> values.set(at, other(field, value, random));
        }
        message.setField(field, values);
    }

    private static Object other(FieldDescriptor field, Object value, Random random) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> random.nextBoolean() ? Float.NaN : (float) number;
            case DOUBLE -> random.nextBoolean() ? Double.NaN : (double) number;
            case BOOLEAN -> !(Boolean) value;
            case STRING -> text((String) value, random);
            case BYTE_STRING ->
                    ByteString.copyFrom(
                            Damage.of(((ByteString) value).concat(ZERO).toByteArray(), random));
            case ENUM -> {
                var values = field.getEnumType().getValues();
                yield values.get(random.nextInt(values.size()));
            }
            case MESSAGE -> {
                Message.Builder part = ((Message) value).toBuilder();
                damage(part, random);
                yield part.build();
            }
        };
    }

    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private static final List<String> NAMES =
            List.of(
                    "",
                    "^",
                    ":",
                    "x:-1",
                    "Relu",
                    "Const",
                    "While",
                    "StatelessWhile",
                    "Placeholder",
                    "ReadFile",
                    "PartitionedCall",
                    "Conv2D",
                    "MaxPool3DGrad",
                    "Fill",
                    "Tile",
                    "Reshape",
                    "two\nlines",
                    "a".repeat(100_000));

    private static String text(String value, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> value + ":" + random.nextInt(5);
            case 1 -> value.isEmpty() ? "x" : value.substring(random.nextInt(value.length()));
            default -> NAMES.get(random.nextInt(NAMES.size()));
        };
    }
}
