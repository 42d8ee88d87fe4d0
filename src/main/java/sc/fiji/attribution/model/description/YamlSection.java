/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.core.text.Spelling;

/**
 * A mapping in a YAML file that knows where it stands, for messages, and which of its keys were
 * read, for warnings about the others.
 */
final class YamlSection {

    /** Real descriptions are of a few kB; aliases could blow up a small file. */
    private static final int MAX_CHARACTERS = 4 << 20;

    /** How much of a stranger's text a message repeats. */
    private static final int SHOWN = 300;

    private final Path file;
    private final String place;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Set<String> read = new LinkedHashSet<>();
    private final List<YamlSection> children = new ArrayList<>();

    private YamlSection(Path file, String place, Map<?, ?> map) {
        this.file = file;
        this.place = place;
        map.forEach((key, value) -> values.put(String.valueOf(key), value));
    }

    /**
     * Reads a file with plain values only: no tags that make Java objects, no duplicate keys, and
     * bounded size, depth and aliases.
     *
     * @throws ModelException where it cannot be read or is no mapping
     */
    static YamlSection read(Path file) {
        LoaderOptions limits = new LoaderOptions();
        limits.setAllowDuplicateKeys(false);
        limits.setMaxAliasesForCollections(50);
        limits.setNestingDepthLimit(50);
        limits.setCodePointLimit(MAX_CHARACTERS);
        try (InputStream in = Files.newInputStream(file)) {
            Object root = new Yaml(new SafeConstructor(limits)).load(in);
            new YamlBounds(file).require(root);
            if (root instanceof Map<?, ?> map) {
                return new YamlSection(file, "", map);
            }
            throw new ModelException(
                    "Model description '"
                            + file
                            + "' is empty or no list of keys: write key: value.");
        } catch (IOException e) {
            throw new ModelException(
                    "Model description '" + file + "' cannot be read: " + e.getMessage() + ".", e);
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            // SnakeYAML's own, and what its constructors of numbers and dates let through.
            String detail =
                    e instanceof YAMLException
                            ? Printable.line(
                                    String.valueOf(e.getMessage()).replaceAll("\\s+", " "), SHOWN)
                            : "a value is not of the type that its tag claims";
            throw new ModelException(
                    "Model description '"
                            + file
                            + "' is not sound YAML: "
                            + detail
                            + "; correct it.",
                    e);
        }
    }

    public Path file() {
        return file;
    }

    public boolean has(String key) {
        return values.get(key) != null;
    }

    private Object take(String key) {
        read.add(key);
        return values.get(key);
    }

    /** Marks keys as known although they do not matter here. */
    public void ignore(String... keys) {
        read.addAll(List.of(keys));
    }

    public Optional<String> text(String key) {
        Object value = take(key);
        if (value instanceof Map || value instanceof List) {
            throw refuse(key, "text was expected");
        }
        return Optional.ofNullable(value).map(String::valueOf);
    }

    /** A number, also one that YAML takes for text, such as {@code -inf}. */
    public OptionalDouble number(String key) {
        Object value = take(key);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(number(key, value));
    }

    /** One number or a list of them; empty where there is neither. */
    public List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        for (Object value : values(key)) {
            numbers.add(number(key, value));
        }
        return numbers;
    }

    /** The items of a list, or the only value; empty where the key is missing. */
    public List<Object> values(String key) {
        Object value = take(key);
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        return value == null ? List.of() : List.of(value);
    }

    /** The mapping under a key, where there is one. */
    Optional<YamlSection> section(String key) {
        Object value = take(key);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(child(key, value));
    }

    /** Whether a mapping stands under the key, and not a single value or a list. */
    boolean isSection(String key) {
        return values.get(key) instanceof Map;
    }

    /** The mappings of a list; empty where the key is missing. */
    List<YamlSection> sections(String key) {
        List<YamlSection> sections = new ArrayList<>();
        int i = 0;
        for (Object value : values(key)) {
            sections.add(child(key + "[" + i++ + "]", value));
        }
        return sections;
    }

    /** A mapping that was taken from a list. */
    YamlSection child(String key, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw refuse(key, "keys with values were expected, not '" + value + "'");
        }
        YamlSection section = new YamlSection(file, place(key), map);
        children.add(section);
        return section;
    }

    /** A mapping without keys, for something that may be left out. */
    YamlSection nothing(String key) {
        return new YamlSection(file, place(key), Map.of());
    }

    Set<String> keys() {
        return values.keySet();
    }

    /** The number that a value stands for. */
    public double number(String key, Object value) {
        String text = String.valueOf(value).strip().toLowerCase(java.util.Locale.ROOT);
        switch (text.replaceFirst("^\\+", "")) {
            case "inf", ".inf", "infinity":
                return Double.POSITIVE_INFINITY;
            case "-inf", "-.inf", "-infinity":
                return Double.NEGATIVE_INFINITY;
            default:
        }
        try {
            double number = Double.parseDouble(text);
            if (!Double.isNaN(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message below says it.
        }
        throw refuse(key, "a number was expected, not '" + value + "'");
    }

    private String place(String key) {
        return place.isEmpty() ? key : place + "." + key;
    }

    /** An error at a key: what is wrong there. */
    public ModelException refuse(String key, String problem) {
        String where = (place(key) + ": " + problem).replaceAll("\\s+", " ");
        where = Printable.line(where, SHOWN);
        return new ModelException("Model description '" + file + "', " + where + ".");
    }

    /** One line for each key here and below that nobody read, with the near one that is missing. */
    List<String> unknown() {
        List<String> lines = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(read);
        missing.removeAll(values.keySet());
        for (String key : values.keySet()) {
            if (!read.contains(key)) {
                lines.add(
                        "Model description '"
                                + file.getFileName()
                                + "': the key "
                                + Printable.line(place(key).replaceAll("\\s+", " "), SHOWN)
                                + " is not known and was left out of account"
                                + Spelling.nearest(key, missing)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse("."));
            }
        }
        children.forEach(child -> lines.addAll(child.unknown()));
        return lines;
    }
}
