/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.core.ModelException;

/**
 * Reads the pickles of TorchScript without running them. A pickle is a program for a stack machine;
 * here the stack takes tensors, numbers, strings, lists, dictionaries, tuples and objects of the
 * archive's own classes. A pickle that names anything else is refused, and so says what.
 *
 * <p>Values: {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@link None}, {@link
 * List}, {@link Tuple}, {@link Map}, {@link ScriptObject}, {@link StoredTensor}, {@link
 * Constructed}.
 */
public final class Unpickler {

    private static final int LARGEST_STACK = 1 << 20;

    /** A name of the pickle: what comes back for it depends on what it is applied to. */
    private record Global(String module, String name) {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** A storage, as a pickle names it. */
    private record Storage(StoredType type, String key, long length) {}

    /** An object of one of the archive's classes that is made of values: a tuple or an enum. */
    public record Constructed(String type, List<Object> values) {}

    private static final Object MARK = new Object();

    private final ByteBuffer bytes;
    private final String name;
    private final String folder;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    private Unpickler(byte[] bytes, String name, String folder) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.name = name;
        this.folder = folder;
    }

    /**
     * @param name of the pickle in the archive, for messages
     * @param folder of the archive that its storages are in, such as {@code "data/"}
     * @throws ModelException where it is damaged or names what is not read
     */
    public static Object read(byte[] bytes, String name, String folder) {
        Unpickler unpickler = new Unpickler(bytes, name, folder);
        try {
            return unpickler.run();
        } catch (BufferUnderflowException | IndexOutOfBoundsException | ClassCastException e) {
            throw new ModelException(unpickler.at("damaged"), e);
        }
    }

    private String at(String what) {
        return "'" + name + "' in the archive is " + what + ", at byte " + bytes.position();
    }

    private Object run() {
        while (true) {
            int op = bytes.get() & 0xff;
            if (op == '.') {
                return pop();
            }
            step(op);
            if (stack.size() > LARGEST_STACK) {
                throw new ModelException(at("too large"));
            }
        }
    }

    private void step(int op) {
        switch (op) {
            case 0x80 -> bytes.get(); // PROTO
            case 0x95 -> bytes.getLong(); // FRAME
            case '(' -> push(MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(None.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) (bytes.get() & 0xff));
            case 'M' -> push((long) (bytes.getShort() & 0xffff));
            case 'J' -> push((long) bytes.getInt());
            case 0x8a -> push(longOf(bytes.get() & 0xff));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(bytes.getLong())));
            case 'X' -> push(text(bytes.getInt() & 0xffffffffL));
            case 0x8c, 'U', 'C' -> push(text(bytes.get() & 0xff));
            case 0x8d -> push(text(bytes.getLong()));
            case 'T', 'B' -> push(text(bytes.getInt() & 0xffffffffL));
            case ']' -> push(new ArrayList<>());
            case '}' -> push(new LinkedHashMap<>());
            case ')' -> push(Tuple.of());
            case 't' -> push(new Tuple(popToMark()));
            case 'l' -> push(popToMark());
            case 0x85 -> push(new Tuple(pop(1)));
            case 0x86 -> push(new Tuple(pop(2)));
            case 0x87 -> push(new Tuple(pop(3)));
            case 'a' -> {
                Object value = pop();
                list().add(value);
            }
            case 'e' -> {
                List<Object> values = popToMark();
                list().addAll(values);
            }
            case 's' -> setItems(pop(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> memo.put((long) (bytes.get() & 0xff), top());
            case 'r' -> memo.put(bytes.getInt() & 0xffffffffL, top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> push(remembered(bytes.get() & 0xff));
            case 'j' -> push(remembered(bytes.getInt() & 0xffffffffL));
            case 'c' -> push(global(line(), line()));
            case 0x93 -> {
                List<Object> names = pop(2);
                push(global((String) names.get(0), (String) names.get(1)));
            }
            case 0x81 -> {
                List<Object> classAndArguments = pop(2);
                push(create((Global) classAndArguments.get(0)));
            }
            case 'R' -> {
                List<Object> functionAndArguments = pop(2);
                push(apply((Global) functionAndArguments.get(0), functionAndArguments.get(1)));
            }
            case 'b' -> build(pop());
            case 'Q' -> push(storage(((Tuple) pop()).values()));
            default ->
                    throw new ModelException(
                            at(
                                    String.format(
                                            Locale.ROOT,
                                            "not one that PyTorch writes (opcode 0x%02x)",
                                            op)));
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() {
        Object top = stack.get(stack.size() - 1);
        if (top == MARK) {
            throw new ModelException(at("damaged"));
        }
        return top;
    }

    private Object pop() {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<Object> pop(int count) {
        List<Object> values = new ArrayList<>(stack.subList(stack.size() - count, stack.size()));
        if (values.contains(MARK)) {
            throw new ModelException(at("damaged"));
        }
        stack.subList(stack.size() - count, stack.size()).clear();
        return values;
    }

    private List<Object> popToMark() {
        int mark = stack.size() - 1;
        while (stack.get(mark) != MARK) {
            mark--;
        }
        List<Object> values = new ArrayList<>(stack.subList(mark + 1, stack.size()));
        stack.subList(mark, stack.size()).clear();
        return values;
    }

    @SuppressWarnings("unchecked")
    private List<Object> list() {
        return (List<Object>) top();
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> pairs) {
        Map<Object, Object> map = (Map<Object, Object>) top();
        for (int i = 0; i < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
                throw new ModelException(at("damaged: a key that is no text or number"));
            }
            map.put(key, pairs.get(i + 1));
        }
    }

    private Object remembered(long index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new ModelException(at("damaged"));
        }
        return value;
    }

    private long longOf(int count) {
        if (count > 8) {
            throw new ModelException(at("damaged: a number of " + count + " bytes"));
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            long next = bytes.get();
            value |= (i == count - 1 ? next : next & 0xff) << 8 * i;
        }
        return value;
    }

    private String text(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new ModelException(at("damaged"));
        }
        byte[] text = new byte[(int) length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (byte next = bytes.get(); next != '\n'; next = bytes.get()) {
            line.append((char) (next & 0xff));
        }
        return line.toString();
    }

    /** Names are looked at where they stand, so that not even an unused one passes. */
    private Global global(String module, String global) {
        boolean known =
                switch (module) {
                    case "torch._utils" ->
                            global.equals("_rebuild_tensor_v2")
                                    || global.equals("_rebuild_parameter");
                    case "torch" ->
                            global.equals("device") || StoredType.ofStorage(global).isPresent();
                    case "collections" -> global.equals("OrderedDict");
                    case "torch.jit._pickle" ->
                            global.equals("restore_type_tag")
                                    || global.matches("build_(int|float|double|bool|tensor)list");
                    default -> module.equals("__torch__") || module.startsWith("__torch__.");
                };
        Global named = new Global(module, global);
        String full = named.toString();
        if (full.contains("quantized")
                || full.matches("torch\\.Q.*|.*_rebuild_qtensor|torch\\.per_.*")) {
            throw new ModelException(
                    "the model is quantised ("
                            + full
                            + "), which is not read: export the model before it was quantised");
        }
        if (!known) {
            throw new ModelException(
                    "'"
                            + name
                            + "' in the archive asks for "
                            + quoted(full)
                            + ", which no TorchScript file needs: nothing of it was run");
        }
        return named;
    }

    public static String quoted(String name) {
        String clean = name.replaceAll("[^\\p{Graph} ]", "?");
        return "'" + (clean.length() > 100 ? clean.substring(0, 100) + "…" : clean) + "'";
    }

    private ScriptObject create(Global type) {
        if (!type.module.startsWith("__torch__")) {
            throw new ModelException(at("damaged: an object of " + quoted(type.toString())));
        }
        return new ScriptObject(type.toString());
    }

    private void build(Object state) {
        Object target = top();
        if (target instanceof ScriptObject object && state instanceof Map<?, ?> attributes) {
            attributes.forEach((key, value) -> object.attributes().put((String) key, value));
        } else if (target instanceof ScriptObject object) {
            throw new ModelException(
                    "an object of the class "
                            + quoted(object.type())
                            + " restores itself by code of its own (__setstate__), which is not"
                            + " run");
        } else if (!(target instanceof Map || target instanceof StoredTensor)) {
            throw new ModelException(at("damaged"));
        }
    }

    /** PyTorch writes the value of an enumeration's member without a tuple around it. */
    private Object apply(Global function, Object argument) {
        if (function.module.startsWith("__torch__")) {
            return new Constructed(
                    function.toString(),
                    argument instanceof Tuple tuple ? tuple.values() : List.of(argument));
        }
        List<Object> arguments = ((Tuple) argument).values();
        return switch (function.name) {
            case "_rebuild_tensor_v2" -> tensor(arguments);
            case "_rebuild_parameter" -> arguments.get(0);
            case "OrderedDict" -> new LinkedHashMap<Object, Object>();
            case "device" -> arguments.get(0);
            default -> arguments.get(0); // What tags the type of a list or dictionary.
        };
    }

    private Storage storage(List<Object> id) {
        // ('storage', type, key, device, number of elements)
        Global type = (Global) id.get(1);
        if (!id.get(0).equals("storage") || !type.module.equals("torch")) {
            throw new ModelException(at("damaged: no storage"));
        }
        String key = (String) id.get(2);
        return new Storage(
                StoredType.ofStorage(type.name).orElseThrow(ClassCastException::new),
                key,
                (Long) id.get(4));
    }

    private StoredTensor tensor(List<Object> arguments) {
        Storage storage = (Storage) arguments.get(0);
        return new StoredTensor(
                folder + storage.key,
                storage.type,
                storage.length,
                (Long) arguments.get(1),
                longs((Tuple) arguments.get(2)),
                longs((Tuple) arguments.get(3)));
    }

    private static List<Long> longs(Tuple tuple) {
        return tuple.values().stream().map(Long.class::cast).toList();
    }
}
