/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;

/**
 * What can be needed of a classifier besides its scores: methods declare it, and this checks it.
 */
public sealed interface Need {

    /** The gradient of the score at the image. */
    Need GRADIENTS = new Gradients();

    /** Activations of a convolution that have a place in the image. */
    Need CONVOLUTION = new Convolution();

    /** The gradient of the score at that convolution. */
    Need LAYER_GRADIENTS = new LayerGradients();

    /** That a place is the same in all that it looks at. */
    Need ONE_GRID = new OneGrid();

    /** What leads where in the network. */
    Need STRUCTURE = new OfStructure();

    /** A backward pass to the image by other rules. */
    static Need backward(Propagation rules) {
        return rules == Propagation.Gradient.PLAIN ? GRADIENTS : new Backward(rules);
    }

    /** Why a classifier does not have it, in one line; empty where it does. */
    Optional<String> whyNot(Classifier classifier);

    /** The first reason why not, in the order given. */
    static Optional<String> whyNot(List<Need> needs, Classifier classifier) {
        return needs.stream().flatMap(need -> need.whyNot(classifier).stream()).findFirst();
    }

    /**
     * @throws ModelException with the first reason why not
     */
    static void require(List<Need> needs, Classifier classifier) {
        whyNot(needs, classifier)
                .ifPresent(
                        reason -> {
                            throw new ModelException(reason);
                        });
    }

    record Gradients() implements Need {
        @Override
        public Optional<String> whyNot(Classifier classifier) {
            return classifier.whyNoGradients();
        }
    }

    /**
     * @param rules of the backward pass
     */
    record Backward(Propagation rules) implements Need {
        @Override
        public Optional<String> whyNot(Classifier classifier) {
            return passes(classifier, Pass.gradient(Pass.IMAGE).by(rules));
        }
    }

    record Convolution() implements Need {
        @Override
        public Optional<String> whyNot(Classifier classifier) {
            if (classifier.layers().isEmpty()) {
                return Optional.of("its engine does not show what is inside the network.");
            }
            return classifier.layers().get().lastConvolution().isPresent()
                    ? Optional.empty()
                    : Optional.of(
                            "it has no convolution whose activations have a place in the image.");
        }
    }

    record LayerGradients() implements Need {
        @Override
        public Optional<String> whyNot(Classifier classifier) {
            return classifier
                    .layers()
                    .flatMap(Layers::lastConvolution)
                    .map(layer -> Pass.gradient(layer.name()).from(layer.name()))
                    .map(pass -> passes(classifier, pass))
                    .orElseGet(() -> CONVOLUTION.whyNot(classifier));
        }
    }

    record OneGrid() implements Need {
        @Override
        public Optional<String> whyNot(Classifier classifier) {
            List<String> own =
                    classifier.spec().parts().stream()
                            .filter(InputPart::hasOwnGrid)
                            .map(InputPart::name)
                            .toList();
            return own.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            "its images lie on grids of their own ("
                                    + String.join(", ", own)
                                    + "), and it looks at a place in all at once, which"
                                    + " Occlusion with groups=each does not.");
        }
    }

    record OfStructure() implements Need {
        @Override
        public Optional<String> whyNot(Classifier classifier) {
            return classifier.structure().isPresent()
                    ? Optional.empty()
                    : Optional.of("its engine does not show how the layers hang together.");
        }
    }

    private static Optional<String> passes(Classifier classifier, Pass pass) {
        return classifier
                .backward()
                .map(passes -> passes.whyNot(pass))
                .orElse(Optional.of("its engine runs no backward passes through the layers."));
    }
}
