/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler;

/** Operators on numbers, texts, lists, tuples and dictionaries. */
public final class Language {

    /** Most items of a list that code makes by itself. */
    static final int LONGEST = 1 << 20;

    private Language() {}

    public static OperatorTable table(Scalars scalars) {
        OperatorTable table = new OperatorTable();
        scalars.register(table);
        items(table, scalars);
        lists(table, scalars);
        texts(table);
        others(table, scalars);
        return table;
    }

    private static void items(OperatorTable table, Scalars scalars) {
        table.add("__getitem__(of, index)", a -> item(a.value("of"), a.value("index"), scalars));
        table.add("len(of)", a -> (long) length(a.value("of")));
        table.alias("len", "prim__len");
        table.add(
                "__contains__(of, item)",
                a ->
                        a.value("of") instanceof Map<?, ?> map
                                ? map.containsKey(key(a.value("item")))
                                : scalars.comparisons()
                                        .contains(values(a.value("of")), a.value("item")));
        table.add(
                "slice(of, start=None, end=None, step=1)",
                a ->
                        slice(
                                a.value("of"),
                                a.value("start"),
                                a.value("end"),
                                a.value("step"),
                                scalars));
        table.add("keys(of)", a -> new ArrayList<>(map(a.value("of")).keySet()));
        table.add("values(of)", a -> new ArrayList<>(map(a.value("of")).values()));
        table.add(
                "items(of)",
                a ->
                        new ArrayList<Object>(
                                map(a.value("of")).entrySet().stream()
                                        .map(e -> Tuple.of(e.getKey(), e.getValue()))
                                        .toList()));
        table.add(
                "get(of, key, fallback=None)",
                a -> map(a.value("of")).getOrDefault(key(a.value("key")), a.value("fallback")));
        table.add("prim__range(start, end=None, step=1)", a -> range(a, scalars));
        table.add(
                "__range_length(lo, hi, step)",
                a -> (long) new Range(a.whole("lo"), a.whole("hi"), a.whole("step")).size());
        table.add(
                "__derive_index(index, start, step)",
                a -> a.whole("start") + a.whole("index") * a.whole("step"));
    }

    private static void lists(OperatorTable table, Scalars scalars) {
        table.add("append(list, item)", a -> changed(a.value("list"), l -> l.add(a.value("item"))));
        table.add(
                "extend(list, items)",
                a -> changed(a.value("list"), l -> l.addAll(values(a.value("items")))));
        table.add(
                "insert(list, index, item)",
                a ->
                        changed(
                                a.value("list"),
                                l -> l.add(position(l, a.whole("index"), true), a.value("item"))));
        table.add(
                "pop(list, index=-1)",
                a -> {
                    List<Object> list = list(a.value("list"));
                    return list.remove(position(list, a.whole("index"), false));
                });
        table.add("clear(list)", a -> changed(a.value("list"), List::clear));
        table.add("reverse(list)", a -> changed(a.value("list"), java.util.Collections::reverse));
        table.add("copy(of)", a -> new ArrayList<>(values(a.value("of"))));
        table.add("list(of)", a -> new ArrayList<>(values(a.value("of"))));
        table.alias("list", "prim__list");
        table.add(
                "_set_item(of, index, item)",
                a -> {
                    if (a.value("of") instanceof Map<?, ?>) {
                        map(a.value("of")).put(key(a.value("index")), a.value("item"));
                        return a.value("of");
                    }
                    return changed(
                            a.value("of"),
                            l -> l.set(position(l, a.whole("index"), false), a.value("item")));
                });
        table.add("prim__dict(of=None)", a -> new java.util.LinkedHashMap<Object, Object>());
        table.alias("prim__dict", "dict");
        table.add(
                "sum(list)",
                a -> {
                    Object sum = 0L;
                    for (Object each : values(a.value("list"))) {
                        sum = scalars.plus(sum, each);
                    }
                    return sum;
                });
        table.add("any(list)", a -> decided(a, true));
        table.add("all(list)", a -> decided(a, false));
        table.add("prim__min(a, b=None)", a -> scalars.extreme(a.value("a"), a.value("b"), false));
        table.add("prim__max(a, b=None)", a -> scalars.extreme(a.value("a"), a.value("b"), true));
    }

    /** Whether any item is true, or none is false; unknown where an unknown one decides. */
    private static Object decided(Arguments a, boolean by) {
        Object open = null;
        for (Object each : values(a.value("list"))) {
            Boolean truth = Scalars.truth(each);
            if (truth == null) {
                open = each;
            } else if (truth == by) {
                return by;
            }
        }
        return open == null ? (Object) !by : open;
    }

    private static void texts(OperatorTable table) {
        table.add(
                "format(text, a=None, b=None, c=None, d=None, e=None, f=None, g=None, h=None)",
                a -> {
                    String text = a.text("text");
                    for (String each : "a b c d e f g h".split(" ")) {
                        String value = shown(a.value(each));
                        text = text.replaceFirst("\\{\\}", Matcher.quoteReplacement(value));
                    }
                    return text;
                });
        table.add(
                "join(by, items)",
                a ->
                        values(a.value("items")).stream()
                                .map(Language::shown)
                                .collect(Collectors.joining(a.text("by"))));
        table.add("lower(text)", a -> a.text("text").toLowerCase(java.util.Locale.ROOT));
        table.add("upper(text)", a -> a.text("text").toUpperCase(java.util.Locale.ROOT));
        table.add("startswith(text, with)", a -> a.text("text").startsWith(a.text("with")));
        table.add("endswith(text, with)", a -> a.text("text").endsWith(a.text("with")));
        table.add("prim__str(of)", a -> shown(a.value("of")));
        table.alias("prim__str", "str");
    }

    private static void others(OperatorTable table, Scalars scalars) {
        table.add("__is__(a, b)", a -> a.value("a") == a.value("b"));
        table.add("__isnot__(a, b)", a -> a.value("a") != a.value("b"));
        table.add("warn(text, level=2)", a -> None.NONE);
        table.add("prim__Print(a=None, b=None, c=None, d=None)", a -> None.NONE);
        table.alias("prim__Print", "prim__print");
        table.add(
                "prim__RaiseException(text, type=None)",
                a -> {
                    throw new ModelException(
                            "its code raises an error for such an image: "
                                    + Unpickler.quoted(a.text("text")));
                });
        table.add("prim__unchecked_cast(x)", a -> a.value("x"));
        table.add("prim__unchecked_unwrap_optional(x)", a -> a.value("x"));
        table.alias("prim__unchecked_unwrap_optional", "_unwrap_optional", "unwrap_optional");
        table.add("device(name)", a -> a.value("name"));
        table.add("prim__is_scripting()", a -> true);
        table.add("is_scripting()", a -> true);
        table.alias("is_scripting", "_is_scripting", "jit.is_scripting");
        for (String no :
                List.of(
                        "is_grad_enabled()",
                        "is_autocast_enabled(device=None)",
                        "is_autocast_cpu_enabled()",
                        "is_inference_mode_enabled()",
                        "get_fastpath_enabled()")) {
            table.add(no, a -> false);
        }
        table.alias("get_fastpath_enabled", "backends.mha.get_fastpath_enabled");
        table.add("prim__type(device)", a -> a.text("device").replaceFirst(":.*", ""));
        table.add("prim__tuple(of)", a -> new Tuple(List.copyOf(values(a.value("of")))));
        table.add(
                "prim__TupleIndex(of, index)", a -> item(a.value("of"), a.value("index"), scalars));
        table.add("prim__EnumValue(of)", a -> ((NamedTuple) a.value("of")).values().get(1));
        table.add("prim__EnumName(of)", a -> ((NamedTuple) a.value("of")).values().get(0));
    }

    /** A number or text as text; nothing that could be large. */
    static String shown(Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? String.valueOf(value)
                : "…";
    }

    private interface Change {
        void apply(List<Object> list);
    }

    private static Object changed(Object of, Change change) {
        List<Object> list = list(of);
        change.apply(list);
        if (list.size() > LONGEST) {
            throw new ModelException("the code makes a list of more than " + LONGEST + " items");
        }
        return of;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        }
        throw new ModelException("the code changes a list that is none");
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> map(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw new ModelException("the code reads a dictionary that is none");
    }

    /** What may be a key: comparing it takes no time. */
    public static Object key(Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        throw new ModelException("the code uses a key that is no text or number");
    }

    /** Items of a list, a tuple, the keys of a dictionary. */
    public static List<?> values(Object of) {
        if (of instanceof List<?> list) {
            return list;
        } else if (of instanceof Tuple tuple) {
            return tuple.values();
        } else if (of instanceof NamedTuple named) {
            return named.values().values();
        } else if (of instanceof Map<?, ?> map) {
            return List.copyOf(map.keySet());
        } else if (of instanceof Range range) {
            List<Long> items = new ArrayList<>();
            range.forEach(items::add);
            return items;
        }
        throw new ModelException("the code reads items of something that has none");
    }

    private static int length(Object of) {
        return of instanceof String text
                ? text.length()
                : of instanceof Range range ? range.size() : values(of).size();
    }

    private static Object item(Object of, Object index, Scalars scalars) {
        if (of instanceof Map<?, ?> map) {
            Object value = map.get(key(index));
            if (value == null) {
                throw new ModelException(
                        "the code reads a key that a dictionary lacks: " + shown(index));
            }
            return value;
        }
        List<?> values = values(of);
        return values.get(position(values, scalars.known(index), false));
    }

    private static int position(List<?> list, long index, boolean end) {
        long position = index < 0 ? index + list.size() : index;
        if (position < 0 || position > list.size() || position == list.size() && !end) {
            throw new ModelException(
                    "the code reads item " + index + " of a list of " + list.size());
        }
        return (int) position;
    }

    private static Object slice(Object of, Object start, Object end, Object step, Scalars scalars) {
        List<?> values = values(of);
        int size = values.size();
        long by = step == None.NONE ? 1 : scalars.known(step);
        if (by < 1) {
            throw new ModelException("the code slices a list with the step " + by);
        }
        long from = start == None.NONE ? 0 : scalars.known(start);
        long to = end == None.NONE ? size : scalars.known(end);
        from = Math.min(Math.max(from < 0 ? from + size : from, 0), size);
        to = Math.min(Math.max(to < 0 ? to + size : to, 0), size);
        List<Object> slice = new ArrayList<>();
        for (long i = from; i < to; i += by) {
            slice.add(values.get((int) i));
        }
        return of instanceof List ? slice : new Tuple(slice);
    }

    private static Range range(Arguments a, Scalars scalars) {
        long step = scalars.known(a.value("step"));
        return a.value("end") == None.NONE
                ? new Range(0, scalars.known(a.value("start")), step)
                : new Range(scalars.known(a.value("start")), scalars.known(a.value("end")), step);
    }

    /** What a loop counts. */
    record Range(long start, long end, long step) implements Iterable<Long> {

        Range {
            if (step == 0) {
                throw new ModelException("the code counts with the step 0");
            }
        }

        int size() {
            double exact = Math.ceil(((double) end - start) / step);
            return (int) Math.max(0, Math.min(exact, Integer.MAX_VALUE));
        }

        @Override
        public Iterator<Long> iterator() {
            return new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next < size();
                }

                @Override
                public Long next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    return start + step * next++;
                }
            };
        }
    }
}
