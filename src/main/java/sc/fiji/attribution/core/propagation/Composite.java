/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.propagation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.OptionException;

/**
 * Which relevance rule stands at which layer: the first choice that fits it.
 *
 * @param choices in order
 */
public record Composite(List<Choice> choices) {

    /** Layers with weights that see the image directly. */
    public static final String FIRST = "first";

    public static final String CONVOLUTION = "convolution";
    public static final String DENSE = "dense";
    public static final String MAX_POOLING = "maxpooling";
    private static final List<String> KINDS = List.of(FIRST, CONVOLUTION, DENSE, MAX_POOLING);

    /**
     * By the names that the literature has for them, in the order in which they are offered.
     * Lapuschkin et al. 2019; Kohlbrenner et al., Towards Best Practice in Explaining Neural
     * Network Decisions with LRP, 2020.
     */
    public static final Map<String, String> NAMED = named();

    public Composite {
        choices = List.copyOf(choices);
    }

    /**
     * @param where a kind of layer ({@code first}, {@code convolution}, {@code dense}, {@code
     *     maxpooling}) or a layer's name, in which {@code *} stands for any characters
     */
    public record Choice(String where, LrpRule rule) {

        @Override
        public String toString() {
            return where + ": " + rule;
        }

        private boolean isKind() {
            return KINDS.contains(where);
        }

        private boolean fits(List<String> kinds, List<String> names) {
            return isKind()
                    ? kinds.contains(where)
                    : !kinds.contains(MAX_POOLING)
                            && names.stream().anyMatch(name -> glob().matcher(name).matches());
        }

        private Pattern glob() {
            return Pattern.compile("\\Q" + where.replace("*", "\\E.*\\Q") + "\\E");
        }
    }

    private static Map<String, String> named() {
        Map<String, String> named = new LinkedHashMap<>();
        named.put("epsilonplus", "convolution: zplus; *: epsilon");
        named.put("epsilonplusflat", "first: flat; convolution: zplus; *: epsilon");
        named.put("epsilongammabox", "first: box; convolution: gamma; *: epsilon");
        named.put("epsilonalpha2beta1", "convolution: alphabeta 2 1; *: epsilon");
        named.put("epsilonalpha2beta1flat", "first: flat; convolution: alphabeta 2 1; *: epsilon");
        named.put("epsilon", "*: epsilon");
        return named;
    }

    /**
     * Reads a composite.
     *
     * @param text a name of {@link #NAMED}, or choices such as {@code first: box 0 1; convolution:
     *     gamma 0.25; block4/*: zplus; *: epsilon}, each a place and a {@link LrpRule#parse rule}
     * @throws OptionException where it is neither
     */
    public static Composite parse(String text) {
        String written = NAMED.getOrDefault(text.strip().toLowerCase(Locale.ROOT), text);
        List<Choice> choices = new ArrayList<>();
        for (String choice : written.split(";")) {
            if (!choice.isBlank()) {
                choices.add(choice(choice.strip(), text));
            }
        }
        if (choices.isEmpty()) {
            throw expected(text);
        }
        return new Composite(choices);
    }

    private static OptionException expected(String composite) {
        return new OptionException(
                "composite="
                        + composite
                        + ": expected one of "
                        + String.join(", ", NAMED.keySet())
                        + ", or rules such as 'first: box 0 1; convolution: gamma 0.25;"
                        + " *: epsilon'.");
    }

    private static Choice choice(String choice, String composite) {
        int colon = choice.lastIndexOf(':');
        if (colon <= 0) {
            throw expected(composite);
        }
        String place = choice.substring(0, colon).strip();
        String kind = place.toLowerCase(Locale.ROOT);
        LrpRule rule = LrpRule.parse(choice.substring(colon + 1).strip().toLowerCase(Locale.ROOT));
        if (rule.ofPooling() != kind.equals(MAX_POOLING)) {
            throw new OptionException(
                    "composite="
                            + composite
                            + ": winner and average are the rules of maxpooling, and of nothing"
                            + " else.");
        }
        return new Choice(KINDS.contains(kind) ? kind : place, rule);
    }

    /** Names of layers that it names one by one. */
    public List<String> layers() {
        return choices.stream()
                .filter(choice -> !choice.isKind() && !choice.where.contains("*"))
                .map(Choice::where)
                .toList();
    }

    /**
     * The rule of a layer.
     *
     * @param kinds what it is, of the four kinds
     * @param names by which it goes: its own, and those of the blocks that it stands in
     * @throws OptionException where no choice fits
     */
    public LrpRule rule(List<String> kinds, List<String> names) {
        for (Choice choice : choices) {
            if (choice.fits(kinds, names)) {
                return choice.rule;
            }
        }
        if (kinds.contains(MAX_POOLING)) {
            return LrpRule.of(LrpRule.Kind.WINNER);
        }
        throw new OptionException(
                "composite: no rule for layer '"
                        + names.get(names.size() - 1)
                        + "'; end with one for all others, such as '*: epsilon'.");
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return choices.stream().map(Choice::toString).collect(Collectors.joining("; "));
    }
}
