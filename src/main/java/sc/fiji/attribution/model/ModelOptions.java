/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.OptionException;

/**
 * What a caller may say about a model that its file does not, or says otherwise. Empty means: take
 * it from the file.
 *
 * @param axes the input's axes, for example {@code bzyxc}
 * @param labels class names in the order of the classes
 * @param signature which signature to use
 * @param scores which output holds the class scores
 * @param feed the layer whose values the image stands for, such as the first one behind a decoder
 *     of image files
 * @param constants values of the inputs besides the image, by name; the same for every image
 * @param trust whether a model may run that could do more than compute
 * @param grey what becomes of an image whose colours are not the model's: {@link #REPEAT} gives
 *     each channel the values of a grey image, {@link #MEAN} makes colours grey; empty: refuse it
 * @param head what the scores are
 * @param inputs names of the inputs, besides the image, that are explained together with it
 */
public record ModelOptions(
        String axes,
        List<String> labels,
        String signature,
        String scores,
        String feed,
        Map<String, float[]> constants,
        boolean trust,
        String grey,
        HeadKind head,
        List<String> inputs)
        implements Serializable {

    public static final ModelOptions NONE =
            new ModelOptions(
                    "", List.of(), "", "", "", Map.of(), false, "", HeadKind.UNSAID, List.of());

    public static final String REPEAT = "repeat";
    public static final String MEAN = "mean";

    public ModelOptions {
        labels = List.copyOf(labels);
        constants = Map.copyOf(constants);
        inputs = List.copyOf(inputs);
        if (!List.of("", REPEAT, MEAN).contains(grey)) {
            throw new OptionException("grey=" + grey + ": expected repeat or mean.");
        }
    }

    /** The same with other axes. */
    public ModelOptions withAxes(String said) {
        return with(parts -> parts.axes = said);
    }

    /** The same with other names of classes. */
    public ModelOptions withLabels(List<String> said) {
        return with(parts -> parts.labels = said);
    }

    /** The same with another signature. */
    public ModelOptions withSignature(String said) {
        return with(parts -> parts.signature = said);
    }

    /** The same with another output as the scores. */
    public ModelOptions withScores(String said) {
        return with(parts -> parts.scores = said);
    }

    /** The same, starting at another layer. */
    public ModelOptions withFeed(String said) {
        return with(parts -> parts.feed = said);
    }

    /** The same with other values of the inputs besides the image. */
    public ModelOptions withConstants(Map<String, float[]> said) {
        return with(parts -> parts.constants = said);
    }

    /** The same with another word on models that could do more than compute. */
    public ModelOptions withTrust(boolean said) {
        return with(parts -> parts.trust = said);
    }

    /** The same with another word on colours. */
    public ModelOptions withGrey(String said) {
        return with(parts -> parts.grey = said);
    }

    /** The same with another word on what the scores are. */
    public ModelOptions withHead(HeadKind said) {
        return with(parts -> parts.head = said);
    }

    /** The same with other inputs that are explained. */
    public ModelOptions withInputs(List<String> said) {
        return with(parts -> parts.inputs = said);
    }

    private ModelOptions with(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.together();
    }

    /** The options while one of them is changed. */
    private static final class Parts {

        private String axes;
        private List<String> labels;
        private String signature;
        private String scores;
        private String feed;
        private Map<String, float[]> constants;
        private boolean trust;
        private String grey;
        private HeadKind head;
        private List<String> inputs;

        Parts(ModelOptions from) {
            axes = from.axes;
            labels = from.labels;
            signature = from.signature;
            scores = from.scores;
            feed = from.feed;
            constants = from.constants;
            trust = from.trust;
            grey = from.grey;
            head = from.head;
            inputs = from.inputs;
        }

        ModelOptions together() {
            return new ModelOptions(
                    axes, labels, signature, scores, feed, constants, trust, grey, head, inputs);
        }
    }

    /**
     * Reads {@code "flair=flair.nii.gz, age=41, xls=1 2 3 4 5"}, in brackets or not.
     *
     * @return image names or numbers by the names of inputs, in their order
     */
    public static Map<String, String> inputs(String text) {
        Map<String, String> inputs = new LinkedHashMap<>();
        String bare = text.strip().replaceFirst("^\\[(.*)]$", "$1");
        for (String part : bare.split(",")) {
            int equals = part.indexOf('=');
            if (part.isBlank()) {
                continue;
            }
            if (equals < 1 || part.substring(equals + 1).isBlank()) {
                throw new OptionException(
                        "inputs: '"
                                + part.strip()
                                + "' is not a name with its image or numbers: write"
                                + " inputs=[flair=flair.nii.gz, age=41].");
            }
            inputs.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
        }
        return inputs;
    }

    /**
     * Reads {@code "age=0.4,lab_value=1.2"}; several numbers of one input are separated by blanks
     * or semicolons, and true and false are 1 and 0.
     */
    public static Map<String, float[]> constants(String text) {
        Map<String, float[]> constants = new LinkedHashMap<>();
        for (String part : text.split(",")) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.lastIndexOf('=');
            if (equals < 1) {
                throw notConstants(part);
            }
            String[] words = part.substring(equals + 1).strip().split("[;\\s]+");
            float[] values = new float[words.length];
            for (int i = 0; i < words.length; i++) {
                values[i] = number(words[i], part);
            }
            constants.put(part.substring(0, equals).strip(), values);
        }
        return constants;
    }

    /** Reads {@code "healthy, lesions"}. */
    public static List<String> labels(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .toList();
    }

    /**
     * What was said, by the keys of the commands and in their words; what was not is left out. The
     * reverse of {@link #constants(String)} and {@link #labels(String)}.
     */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("axes", axes);
        map.put("labels", String.join(",", labels));
        map.put("signature", signature);
        map.put("scores", scores);
        map.put("feed", feed);
        map.put("head", head.toString());
        map.put("inputs", String.join(",", inputs));
        map.put(
                "constants",
                new TreeMap<>(constants)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + join(entry.getValue()))
                                .collect(Collectors.joining(",")));
        map.put("grey", grey);
        map.values().removeIf(String::isEmpty);
        return map;
    }

    /**
     * Refuses what would be ignored.
     *
     * @param engine what is to read these options, by name
     * @param keys those that it reads, besides axes, labels and grey, which are not its business
     * @throws OptionException for the first other one that is given
     */
    public void requireReadBy(String engine, Set<String> keys) {
        Set<String> reads = new TreeSet<>(keys);
        reads.addAll(List.of("axes", "labels", "grey"));
        toMap().forEach(
                        (key, value) -> {
                            if (!reads.contains(key)) {
                                throw OptionException.unread(key, value, engine, reads);
                            }
                        });
        if (trust && !reads.contains("trust")) {
            throw OptionException.unread("trust", "true", engine, reads);
        }
    }

    private static String join(float[] values) {
        List<String> texts = new ArrayList<>();
        for (float value : values) {
            texts.add(Float.toString(value));
        }
        return String.join(";", texts);
    }

    private static float number(String word, String part) {
        try {
            return switch (word) {
                case "true" -> 1;
                case "false" -> 0;
                default -> Float.parseFloat(word);
            };
        } catch (NumberFormatException e) {
            throw notConstants(part);
        }
    }

    private static OptionException notConstants(String part) {
        return new OptionException(
                "constants: '"
                        + part.strip()
                        + "' is not a name with its number: write constants=age=0.4,weight=71.");
    }
}
