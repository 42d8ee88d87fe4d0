/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.propagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.OptionException;

/** Which rule a composite's text puts at which layer. */
class CompositeTest {

    private static final String MINE =
            "First: box 0 1; block4/*: gamma 0.5; conv_2: zplus; *Dense: wsquare;"
                    + " convolution: alphabeta 3 2; maxpooling: average; *: epsilon 0.25";

    /** The first choice that fits, by kinds (spelled anyhow) and by names (as they are). */
    @ParameterizedTest
    @CsvSource({
        "convolution+first, conv_1, box 0 1",
        "convolution+first, conv_2, box 0 1",
        "convolution, conv_2, zplus",
        "convolution, conv_20, alphabeta 3 2",
        "convolution, Conv_2, alphabeta 3 2",
        "convolution, block4/conv_2, gamma 0.5",
        "convolution, block4, alphabeta 3 2",
        "convolution, x/block4/conv, alphabeta 3 2",
        "convolution, conv_9+block4/deep, gamma 0.5",
        "dense, block4/dense, gamma 0.5",
        "dense, finalDense, wsquare",
        "dense, finaldense, epsilon 0.25",
        "maxpooling, conv_2, average",
        "maxpooling, block4/pool, average"
    })
    void theFirstChoiceThatFits(String kinds, String names, String rule) {
        assertEquals(LrpRule.parse(rule), at(MINE, kinds, names));
    }

    private static LrpRule at(String composite, String kinds, String names) {
        return Composite.parse(composite)
                .rule(List.of(kinds.split("\\+")), List.of(names.split("\\+")));
    }

    @ParameterizedTest
    @CsvSource({
        "epsilonplus, epsilon, zplus, zplus",
        "EpsilonPlusFlat, epsilon, zplus, flat",
        "' epsilongammabox ', epsilon, gamma 0.25, box",
        "epsilonalpha2beta1, epsilon, alphabeta 2 1, alphabeta 2 1",
        "epsilonalpha2beta1flat, epsilon, alphabeta 2 1, flat",
        "epsilon, epsilon, epsilon, epsilon"
    })
    void byTheNamesOfTheLiterature(String name, String dense, String inner, String first) {
        assertEquals(LrpRule.parse(dense), at(name, "dense", "a"));
        assertEquals(LrpRule.parse(inner), at(name, "convolution", "a"));
        assertEquals(LrpRule.parse(first), at(name, "convolution+first", "a"));
        assertEquals(LrpRule.of(LrpRule.Kind.WINNER), at(name, "maxpooling", "a"));
    }

    static List<String> names() {
        return List.copyOf(Composite.NAMED.keySet());
    }

    /** What a composite says of itself, read again, is the same composite. */
    @ParameterizedTest
    @MethodSource("names")
    void readsBackWhatItSays(String name) {
        Composite composite = Composite.parse(name);
        assertEquals(composite, Composite.parse(composite.toString()));
        assertEquals(composite, Composite.parse(Composite.NAMED.get(name)));
    }

    @Test
    void readsBackWhatItSaysOfMine() {
        Composite composite = Composite.parse(MINE);
        String text = composite.toString();
        assertEquals(composite, Composite.parse(text));
        assertTrue(text.contains("block4/*: gamma 0.5;"), text);
        assertEquals(7, composite.choices().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "epsilon 1.0E-6",
                "epsilon 0.0",
                "gamma 0.25",
                "alphabeta 1.5 0.5",
                "box",
                "box -3.5 2.0",
                "wsquare",
                "flat",
                "pass",
                "winner",
                "average"
            })
    void rulesReadBackWhatTheySay(String text) {
        LrpRule rule = LrpRule.parse(text);
        assertEquals(text, rule.toString());
        assertEquals(rule, LrpRule.parse(rule.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "zero, EPSILON, 0, 0",
        "epsilon, EPSILON, 1e-6, 0",
        "gamma, GAMMA, 0.25, 0",
        "zplus, ALPHABETA, 1, 0",
        "alphabeta, ALPHABETA, 2, 1",
        "box, BOX, NaN, NaN",
        "box 0 1, BOX, 0, 1"
    })
    void numbersAndTheirDefaults(String text, LrpRule.Kind kind, double first, double second) {
        assertEquals(new LrpRule(kind, first, second), LrpRule.parse(text));
    }

    /** In one line that quotes the mistake and says what was expected. */
    @ParameterizedTest
    @CsvSource({
        "epsilonplos, epsilonplos, epsilonplusflat",
        "'dense epsilon', dense epsilon, first: box 0 1",
        "'*: epsilonn 1', epsilonn 1, epsilon 1e-6",
        "'*: epsilon -1', epsilon -1, 0 or more",
        "'*: epsilon 1 2', epsilon 1 2, epsilon 1e-6",
        "'*: epsilon a', epsilon a, epsilon 1e-6",
        "'*: epsilon NaN', epsilon nan, 0 or more",
        "'*: gamma -0.1', gamma -0.1, or more",
        "'*: alphabeta 2 2', alphabeta 2 2, α - β = 1",
        "'*: alphabeta 0 -1', alphabeta 0 -1, α - β = 1",
        "'*: alphabeta 2', alphabeta 2, alphabeta 2 1",
        "'*: box 1 0', box 1 0, box 0 1",
        "'*: box 1 1', box 1 1, box 0 1",
        "'*: box NaN 1', box nan 1, box 0 1",
        "'*: flat 3', flat 3, flat",
        "'*:', is no rule, wsquare",
        "': epsilon', composite=: epsilon, first: box 0 1",
        "'*: epsilon; : flat', composite=*: epsilon; : flat, first: box 0 1",
        "'*: epsilon Infinity', epsilon infinity, 0 or more",
        "'convolution: winner', convolution: winner, rules of maxpooling",
        "'maxpooling: epsilon', maxpooling: epsilon, rules of maxpooling",
        "'; ;', composite=; ;, epsilonplus"
    })
    void mistakesAreRefused(String text, String quoted, String expected) {
        String message =
                assertThrows(OptionException.class, () -> Composite.parse(text)).getMessage();
        assertEquals(1, message.lines().count());
        assertTrue(message.contains(quoted), message);
        assertTrue(message.contains(expected), message);
    }

    @Test
    void aLayerWithoutRuleIsNamed() {
        String message =
                assertThrows(
                                OptionException.class,
                                () -> at("convolution: zplus", "dense", "block+block/dense_3"))
                        .getMessage();
        assertTrue(message.contains("'block/dense_3'"), message);
        assertTrue(message.contains("*: epsilon"), message);
    }

    @Test
    void layersThatAreNamedOneByOne() {
        assertEquals(List.of("conv_2"), Composite.parse(MINE).layers());
        assertEquals(List.of("a:0", "b"), Composite.parse("a:0: flat; b: pass; *: zero").layers());
    }
}
