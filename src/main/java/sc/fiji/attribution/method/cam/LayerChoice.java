/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/** Which layers are looked at. */
final class LayerChoice {

    private static final String LAST = "last";

    static final Option.Text OPTION =
            new Option.Text(
                    "layer",
                    "name of a layer, or several with commas whose maps are averaged; last = the"
                            + " last convolution, and 'last' in quotes a layer of that name",
                    LAST);

    private LayerChoice() {}

    /**
     * The layers that a problem names; nothing is computed.
     *
     * @throws OptionException for a layer that does not exist, has no place in the image, or does
     *     not lead to the target
     */
    static List<Layer> of(Problem problem) {
        Layers layers = problem.classifier().layers().orElseThrow();
        String place = place(problem);
        List<Layer> chosen = new ArrayList<>();
        for (String said : problem.settings().get(OPTION).split(",")) {
            String name = said.strip();
            Layer layer =
                    name.isEmpty() || name.equalsIgnoreCase(LAST)
                            ? lastConvolution(problem.classifier(), place)
                            : layers.named(unquoted(name));
            requireGrid(layer, problem);
            if (!leads(problem.classifier(), layer, place)) {
                throw new OptionException(
                        "layer="
                                + layer.name()
                                + ": nothing of it reaches the target "
                                + problem.target()
                                + "; choose a layer before that one.");
            }
            if (!chosen.contains(layer)) {
                chosen.add(layer);
            }
        }
        return chosen;
    }

    /** An author's own layer may be named last, too. */
    private static String unquoted(String name) {
        return name.matches("'.+'|\".+\"") ? name.substring(1, name.length() - 1) : name;
    }

    /** Where the target is computed: the logits, the map of scores, or a hidden unit's layer. */
    static String place(Problem problem) {
        return Score.target(problem.classifier(), problem.target())
                .map(target -> target instanceof Target.Unit unit ? unit.layer() : null)
                .orElse(problem.area().isPresent() ? Pass.SCORES : Pass.LOGITS);
    }

    /** Where the target is a hidden unit, the last one before it. */
    private static Layer lastConvolution(Classifier classifier, String place) {
        Optional<Layer> last =
                classifier.layers().orElseThrow().list().stream()
                        .filter(layer -> layer.convolution() && layer.spatial())
                        .filter(layer -> !layer.name().equals(place))
                        .filter(layer -> leads(classifier, layer, place))
                        .reduce((first, second) -> second);
        return last.orElseThrow(
                () ->
                        new OptionException(
                                "layer=last: no convolution stands before " + place + "."));
    }

    /** An engine that does not know is believed to show layers of the way to the logits. */
    private static boolean leads(Classifier classifier, Layer layer, String place) {
        return classifier
                .structure()
                .map(structure -> structure.leads(layer.name(), place))
                .orElse(true);
    }

    private static void requireGrid(Layer layer, Problem problem) {
        String space = problem.input().axes().spatial();
        if (!layer.spatial() || !layer.axes().spatial().equals(space)) {
            throw new OptionException(
                    "layer="
                            + layer.name()
                            + ": its activations ("
                            + layer.axes()
                            + ") have no place in the image ("
                            + problem.input().axes()
                            + "); choose a convolution or what stands right behind one.");
        }
    }
}
