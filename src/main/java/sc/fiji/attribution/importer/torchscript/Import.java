/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.Expression;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.Statement;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.Language;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;
import sc.fiji.attribution.importer.torchscript.operator.TensorOperators;

/**
 * Finds out for which shapes of its inputs a network can be walked through, leaving open what can
 * be: first nothing but the number of axes is said; what turns out to be needed is then taken from
 * the filters, from the example that the network was traced with, or tried.
 */
final class Import {

    private static final int ATTEMPTS = 64;

    /** Sizes besides the first that fits which are tried. */
    private static final int OTHERS = 6;

    /** Strides leave room on either side of a size, whose result is the same. */
    private static final int NEIGHBOURS = 3;

    /** Extents that networks of one size are made for, the most usual first. */
    private static final List<Integer> USUAL_IMAGES =
            List.of(224, 256, 128, 64, 32, 28, 512, 299, 384, 96, 192, 160, 48);

    private static final List<Integer> USUAL_VOLUMES = List.of(96, 128, 64, 160, 32, 48, 112, 80);

    private final ScriptModule module;
    private final List<Statement.Parameter> parameters;
    private final List<int[]> examples;
    private final int[] image;
    private final List<String> warnings = new ArrayList<>();
    private boolean perSize;

    /**
     * @param examples shapes that it was traced with, as many as inputs, or none
     * @param image extents of the image that it is wanted for, -1 where any will do; none where not
     *     even the number of its axes is known
     */
    Import(ScriptModule module, List<int[]> examples, int... image) {
        this.image = image;
        this.module = module;
        this.parameters = tensors(module.inputs());
        this.examples = examples.size() == parameters.size() ? examples : List.of();
    }

    /** Those that are tensors; others must have a default. */
    private static List<Statement.Parameter> tensors(List<Statement.Parameter> all) {
        List<Statement.Parameter> tensors = new ArrayList<>();
        for (Statement.Parameter each : all) {
            boolean tensor = each.type() == null || Expression.dotted(each.type()).equals("Tensor");
            if (tensor && each.fallback() == null) {
                tensors.add(each);
            } else if (each.fallback() == null) {
                throw new ModelException(
                        "its input '"
                                + each.name()
                                + "' is no tensor but a list, a dictionary or a number: wrap the"
                                + " network in a module that takes the image alone, and export"
                                + " that");
            } else {
                break;
            }
        }
        if (tensors.isEmpty()) {
            throw new ModelException("its method 'forward' takes no image");
        }
        return tensors;
    }

    Imported imported(WeightStore weights, List<String> labels, Map<String, String> facts) {
        int[][] shapes = shapes();
        NetworkBuilder builder = new NetworkBuilder(weights);
        Map<String, Value> outputs = run(builder, shapes);
        if (module.wasTraining()) {
            warnings.add(
                    "The model was saved as in training; it is used as in evaluation"
                            + " (model.eval()).");
        }
        Imported imported =
                builder.finish(outputs).imported(Optional.of(true), labels, facts, warnings);
        return perSize ? imported.forEachSize() : imported;
    }

    private int[][] shapes() {
        if (!examples.isEmpty()) {
            return solved(open(examples), true);
        }
        ModelException first = null;
        for (int rank : image.length > 0 ? List.of(image.length) : ranks()) {
            List<int[]> shapes = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                int[] shape = new int[i == 0 ? rank : 2];
                Arrays.fill(shape, -1);
                shapes.add(shape);
            }
            try {
                return solved(shapes.toArray(new int[0][]), false);
            } catch (TensorOperators.MissingOperator e) {
                throw e;
            } catch (ModelException e) {
                // That a size is needed says more than that a number of axes does not fit.
                boolean better = e.getCause() instanceof SizeNeeded || e instanceof SizeNeeded;
                first = first == null || better ? e : first;
            }
        }
        throw first;
    }

    /** How many axes the image may have, the likeliest first. */
    private List<Integer> ranks() {
        List<Integer> ranks = new ArrayList<>(module.filterRanks());
        List.of(4, 5, 3).stream().filter(r -> !ranks.contains(r)).forEach(ranks::add);
        return ranks;
    }

    /** Batch and space left open, channels as in the example. */
    private static int[][] open(List<int[]> examples) {
        return examples.stream()
                .map(
                        example ->
                                IntStream.range(0, example.length)
                                        .map(i -> i == 1 ? example[1] : -1)
                                        .toArray())
                .toArray(int[][]::new);
    }

    private int[][] solved(int[][] start, boolean traced) {
        int[][] shapes = start;
        for (int attempt = 0; ; attempt++) {
            Map<Integer, int[]> places = new HashMap<>();
            try {
                attempt(shapes, places);
                return shapes;
            } catch (SizeNeeded e) {
                int[] place = places.get(e.symbol());
                if (attempt > ATTEMPTS) {
                    throw e;
                } else if (place != null && place[1] > 0 && (!traced || place[1] == 1)) {
                    shapes[place[0]][place[1]] = e.extent();
                } else if (traced) {
                    shapes = closed(shapes, e);
                } else {
                    return tried(shapes, e);
                }
            }
        }
    }

    /** With the extents of the example in space, then in the batch. */
    private int[][] closed(int[][] shapes, SizeNeeded reason) {
        int[][] closed = new int[shapes.length][];
        boolean changed = false;
        for (int i = 0; i < shapes.length; i++) {
            closed[i] = examples.get(i).clone();
            boolean space = IntStream.of(shapes[i]).skip(1).anyMatch(e -> e < 0);
            if (space) {
                closed[i][0] = shapes[i][0];
            }
            changed |= !Arrays.equals(closed[i], shapes[i]);
        }
        if (!changed) {
            throw reason;
        }
        return closed;
    }

    /**
     * With the extents of the image that it is wanted for, or else the first square or cube that
     * fits.
     */
    private int[][] tried(int[][] shapes, SizeNeeded reason) {
        if (Arrays.stream(image).skip(2).anyMatch(e -> e > 0)) {
            int[][] wanted = shapes.clone();
            wanted[0] = image.clone();
            wanted[0][0] = -1;
            try {
                attempt(wanted, new HashMap<>());
            } catch (SizeNeeded e) {
                wanted[0][0] = Math.max(1, image[0]); // it counts by the number of images too
            }
            perSize = true;
            return wanted;
        }
        int[] first = shapes[0];
        if (first.length < 3) {
            throw reason;
        }
        if (first[1] < 0) {
            return ofChannels(shapes, reason);
        }
        Set<Integer> sizes = sizes(first.length == 5);
        int fallback = 0;
        for (int size : sizes) {
            Optional<Boolean> fits = fits(cubes(shapes, size));
            if (fits.orElse(false)) {
                return guessed(shapes, size, sizes, true);
            }
            fallback = fallback == 0 && fits.isPresent() ? size : fallback;
        }
        if (fallback > 0) {
            return guessed(shapes, fallback, sizes, false);
        }
        throw new ModelException(
                reason.getMessage()
                        + "; the file does not say for which size of image it was made: export it"
                        + " with torch.jit.trace(model, example), which keeps it",
                reason);
    }

    /** The code reads single channels, or flattens them, before any filter tells how many. */
    private int[][] ofChannels(int[][] shapes, SizeNeeded reason) {
        for (int channels : List.of(1, 3, 2, 4)) {
            int[][] wanted = shapes.clone();
            wanted[0] = shapes[0].clone();
            wanted[0][1] = channels;
            try {
                return tried(wanted, reason);
            } catch (TensorOperators.MissingOperator e) {
                throw e;
            } catch (ModelException e) {
                continue;
            }
        }
        throw reason;
    }

    private static Set<Integer> sizes(boolean volume) {
        Set<Integer> sizes = new LinkedHashSet<>(volume ? USUAL_VOLUMES : USUAL_IMAGES);
        IntStream.rangeClosed(1, (volume ? 160 : 512) / 8).forEach(i -> sizes.add(8 * i));
        IntStream.rangeClosed(8, 128).filter(i -> i % 8 != 0).forEach(sizes::add);
        return sizes;
    }

    private static int[][] cubes(int[][] shapes, int size) {
        int[][] wanted = shapes.clone();
        wanted[0] = shapes[0].clone();
        Arrays.fill(wanted[0], 2, wanted[0].length, size);
        return wanted;
    }

    /** Volumes of more or fewer slices. */
    private static Stream<int[][]> otherSlices(int[][] cubes) {
        return IntStream.of(1, 4)
                .filter(halves -> cubes[0].length == 5)
                .mapToObj(
                        halves -> {
                            int[][] wanted = cubes.clone();
                            wanted[0] = cubes[0].clone();
                            wanted[0][2] = Math.max(1, halves * wanted[0][2] / 2);
                            return wanted;
                        });
    }

    /** Whether a shape fits for sure; empty where it does not. */
    private Optional<Boolean> fits(int[][] wanted) {
        try {
            return Optional.of(attempt(wanted, new HashMap<>()));
        } catch (TensorOperators.MissingOperator e) {
            throw e;
        } catch (ModelException e) {
            return Optional.empty();
        }
    }

    /** Where other sizes fit as well, the network is read anew for the image that comes. */
    private int[][] guessed(int[][] shapes, int size, Set<Integer> sizes, boolean sure) {
        IntStream multiples =
                IntStream.concat(
                        IntStream.of(1, 4, 6, 8).map(halves -> halves * size / 2),
                        IntStream.rangeClosed(size - NEIGHBOURS, size + NEIGHBOURS));
        IntStream usual = sizes.stream().mapToInt(each -> each).limit(OTHERS);
        Stream<int[][]> others =
                IntStream.concat(multiples, usual)
                        .filter(other -> other > 0 && other != size)
                        .mapToObj(other -> cubes(shapes, other));
        perSize =
                Stream.concat(others, otherSlices(cubes(shapes, size)))
                        .anyMatch(other -> fits(other).filter(fit -> fit || !sure).isPresent());
        if (!perSize) {
            warnings.add(
                    "The model fits images of one size only and does not say which: "
                            + size
                            + " along each axis fits.");
        }
        return cubes(shapes, size);
    }

    /**
     * Walks through the network once.
     *
     * @param places filled with the input and axis of each extent that is left open
     * @return whether what comes out is as many as what goes in; of images of another size than the
     *     author's, code that names extents makes more or fewer
     */
    private boolean attempt(int[][] shapes, Map<Integer, int[]> places) {
        try (WeightStore dry = WeightStore.dry()) {
            Value first = run(new NetworkBuilder(dry), shapes, places).values().iterator().next();
            if (!examples.isEmpty() && first.rank() == 2 && first.extent(1) < 0) {
                throw new SizeNeeded("how many scores it has");
            }
            int[] place = first.rank() == 0 ? null : places.get(first.extent(0));
            return place != null && place[1] == 0;
        }
    }

    private Map<String, Value> run(NetworkBuilder builder, int[][] shapes) {
        return run(builder, shapes, new HashMap<>());
    }

    private Map<String, Value> run(
            NetworkBuilder builder, int[][] shapes, Map<Integer, int[]> places) {
        Emission emission = new Emission(builder);
        List<Object> inputs = new ArrayList<>();
        int batch = 0;
        for (int i = 0; i < shapes.length; i++) {
            Value input = emission.input(parameters.get(i).name(), DataType.DT_FLOAT, shapes[i]);
            int[] extents = input.shape();
            if (extents.length > 0 && extents[0] < 0) {
                batch = batch == 0 ? extents[0] : batch;
                extents[0] = batch;
            }
            for (int axis = 0; axis < extents.length; axis++) {
                places.putIfAbsent(extents[axis], new int[] {i, axis});
            }
            inputs.add(new ScriptTensor(input));
        }
        Object result = module.forward(builder, emission, inputs);
        Map<String, Value> outputs = new LinkedHashMap<>();
        collect(result, "output", outputs, 0);
        if (outputs.isEmpty()) {
            throw new ModelException("its method 'forward' returns no tensor");
        }
        return outputs;
    }

    /** Tensors of what forward returns, by name. */
    private static void collect(Object result, String name, Map<String, Value> outputs, int depth) {
        if (depth > 3) {
            throw new ModelException("its method 'forward' returns lists within lists");
        }
        if (result instanceof ScriptTensor tensor) {
            outputs.put(name, tensor.read());
        } else if (result instanceof NamedTuple named) {
            for (int i = 0; i < named.fields().size(); i++) {
                collect(named.values().get(i), named.fields().get(i), outputs, depth + 1);
            }
        } else if (result instanceof Map<?, ?> map) {
            map.forEach(
                    (key, value) -> collect(value, valid(String.valueOf(key)), outputs, depth + 1));
        } else if (result instanceof Tuple || result instanceof List) {
            List<?> values = Language.values(result);
            for (int i = 0; i < values.size() && outputs.size() < 1000; i++) {
                String each = values.size() == 1 ? name : name + "_" + i;
                collect(values.get(i), each, outputs, depth + 1);
            }
        }
    }

    private static String valid(String key) {
        return key.replaceAll("[^A-Za-z0-9_.-]", "_");
    }
}
