/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Settings;

/**
 * What a run is asked for, as texts by key: the same ones in macros, on the command line and on a
 * cluster.
 */
public final class CohortSettings {

    /** Keys of the run itself; those of the methods come on top. */
    public static final List<String> KEYS =
            List.of(
                    "table",
                    "method",
                    "target",
                    "confound",
                    "by",
                    "covariates",
                    "references",
                    "atlas",
                    "names",
                    "normalise",
                    "permutations",
                    "format",
                    "part",
                    "check",
                    "output");

    private static final Pattern PART = Pattern.compile("(\\d{1,6})\\s*/\\s*(\\d{1,6})");

    private final Map<String, String> said;

    private CohortSettings(Map<String, String> said) {
        this.said = said;
    }

    /**
     * Reads and checks them; nothing is opened.
     *
     * @param said texts by key; empty ones count as not said
     * @throws OptionException for an unknown key or method, or a value that does not fit
     */
    public static CohortSettings of(Map<String, String> said) {
        Map<String, String> kept = new TreeMap<>();
        said.forEach(
                (key, value) -> {
                    if (value != null && !value.isBlank()) {
                        kept.put(key, value.strip());
                    }
                });
        CohortSettings settings = new CohortSettings(kept);
        settings.check();
        return settings;
    }

    private void check() {
        if (table().toString().isEmpty()) {
            throw new OptionException("No table was named: choose a table of subjects (table=…).");
        }
        if (!isCheck() && output().toString().isEmpty()) {
            throw new OptionException("No folder was named for the results (output=…).");
        }
        Set<String> known = new TreeSet<>(KEYS);
        boolean named = !references().isEmpty();
        boolean measured = false;
        for (String method : methods()) {
            AttributionMethod found = AttributionMethods.named(method);
            if (found.declaration().usesRegions()) {
                throw new OptionException(
                        "method="
                                + method
                                + ": methods over regions are not run on cohorts; run it on single"
                                + " images.");
            }
            declared(found).forEach(option -> known.add(option.key()));
            Settings options = Settings.of(declared(found), optionsOf(found));
            if (found.declaration().usesBaseline()) {
                measured = true;
                BaselineChoice.requireReferences(options.get(BaselineChoice.NAME), named);
            }
        }
        if (named && !measured) {
            throw new OptionException(
                    "references: "
                            + (methods().isEmpty() ? "no method" : "none of the methods")
                            + " measures against a baseline.");
        }
        for (String key : said.keySet()) {
            if (!known.contains(key)) {
                throw new OptionException(
                        key
                                + ": neither the run nor "
                                + (methods().isEmpty() ? "a method" : String.join(", ", methods()))
                                + " reads this key; there are "
                                + String.join(", ", known)
                                + ".");
            }
        }
        if (!Set.of("auto", "nii.gz", "nii", "tif").contains(format())) {
            throw new OptionException("format=" + format() + ": choose auto, nii.gz, nii or tif.");
        }
        permutations();
        part();
    }

    /** Options of all methods that can be run on cohorts, by key. */
    public static Map<String, Option<?>> methodOptions() {
        Map<String, Option<?>> options = new LinkedHashMap<>();
        for (AttributionMethod method : AttributionMethods.all()) {
            if (!method.declaration().usesRegions()) {
                declared(method).forEach(option -> options.putIfAbsent(option.key(), option));
            }
        }
        return options;
    }

    static List<Option<?>> declared(AttributionMethod method) {
        List<Option<?>> options = new ArrayList<>();
        if (method.declaration().usesBaseline()) {
            options.addAll(BaselineChoice.OPTIONS);
        }
        options.addAll(method.declaration().options());
        return options;
    }

    /** What was said for a method, by the keys that it declares. */
    Map<String, String> optionsOf(AttributionMethod method) {
        Map<String, String> options = new LinkedHashMap<>();
        for (Option<?> option : declared(method)) {
            if (said.containsKey(option.key())) {
                options.put(option.key(), said.get(option.key()));
            }
        }
        return options;
    }

    public Path table() {
        return path("table");
    }

    public Path output() {
        return path("output");
    }

    /** None for scores alone. */
    public List<String> methods() {
        String text = text("method", "Integrated Gradients");
        return text.equalsIgnoreCase("none")
                ? List.of()
                : list(text).stream()
                        .map(name -> AttributionMethods.named(name).declaration().name())
                        .distinct()
                        .toList();
    }

    /** Empty: of two classes the second, of more the predicted one. */
    public String target() {
        return text("target", "");
    }

    /** The column whose use is asked about; empty for none. */
    public String confound() {
        return text("confound", "");
    }

    /** Columns for performance by group; empty for those that look like groups. */
    public List<String> groups() {
        return list(text("by", ""));
    }

    public List<String> covariates() {
        return list(text("covariates", ""));
    }

    /** An image or a folder of images that maps are measured against; empty for none. */
    public String references() {
        return text("references", "");
    }

    public String atlas() {
        return text("atlas", "");
    }

    public String names() {
        return text("names", "");
    }

    /** Whether each map is divided by its total absolute value before maps are compared. */
    public boolean normalise() {
        return yes("normalise");
    }

    /** Of group tests of maps, the true order counted; 0 for none. */
    public int permutations() {
        String text = text("permutations", "1000");
        if (!text.matches("\\d{1,6}")) {
            throw new OptionException("permutations=" + text + ": expected a number from 0.");
        }
        return Integer.parseInt(text);
    }

    public String format() {
        return text("format", "auto");
    }

    public boolean isCheck() {
        return yes("check");
    }

    /** Whether only what others ran is put together. */
    public boolean isJoin() {
        return text("part", "").equalsIgnoreCase("join") || isSpark();
    }

    /** Whether the subjects are run as tasks of Apache Spark, and put together afterwards. */
    public boolean isSpark() {
        return text("part", "").equalsIgnoreCase("spark");
    }

    /** Share of the subjects: number, from 1, and of how many; 1 of 1 for all. */
    public int[] part() {
        String text = text("part", "1/1");
        if (isJoin()) {
            return new int[] {1, 1};
        }
        Matcher part = PART.matcher(text);
        if (part.matches()) {
            int number = Integer.parseInt(part.group(1));
            int of = Integer.parseInt(part.group(2));
            if (number >= 1 && number <= of) {
                return new int[] {number, of};
            }
        }
        throw new OptionException(
                "part="
                        + text
                        + ": expected a share such as 3/16, counted from 1, join or"
                        + " spark.");
    }

    public boolean isShare() {
        return part()[1] > 1;
    }

    /**
     * The same with absolute paths: other processes, which are to read and write the same files,
     * work in other folders.
     */
    public CohortSettings absolute() {
        Map<String, String> absolute = new TreeMap<>(said);
        for (String key : List.of("table", "output", "references", "atlas", "names")) {
            absolute.computeIfPresent(key, (k, text) -> path(k).toAbsolutePath().toString());
        }
        return new CohortSettings(absolute);
    }

    /** All that was said, by key: what {@link #of} reads. */
    public Map<String, String> said() {
        return new TreeMap<>(said);
    }

    /** What was said of the results, for the record. */
    public Map<String, String> toMap() {
        Map<String, String> map = new TreeMap<>(said);
        map.keySet().removeAll(Set.of("part", "check", "output"));
        return map;
    }

    private Path path(String key) {
        try {
            return Path.of(text(key, ""));
        } catch (InvalidPathException e) {
            throw new OptionException(key + "=" + text(key, "") + " is no path.");
        }
    }

    private String text(String key, String otherwise) {
        return said.getOrDefault(key, otherwise);
    }

    private boolean yes(String key) {
        String text = text(key, "false");
        if (!Set.of("true", "false", "yes", "no").contains(text.toLowerCase(Locale.ROOT))) {
            throw new OptionException(key + "=" + text + ": expected true or false.");
        }
        return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("yes");
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    }

    /** The format of a subject's maps as the end of a file name: that of its image, unless said. */
    String suffix(Subject subject) {
        if (!format().equals("auto")) {
            return format();
        }
        String name =
                subject.images().isEmpty()
                        ? ""
                        : subject.images().values().iterator().next().toString();
        String end = name.toLowerCase(Locale.ROOT);
        return end.endsWith(".nii") || end.endsWith(".nii.gz") ? "nii.gz" : "tif";
    }
}
