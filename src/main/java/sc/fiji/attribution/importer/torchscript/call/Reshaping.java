/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.network.Value;

/** Another shape for a tensor: finds out what -1 stands for, and whether it fits. */
final class Reshaping {

    private final Emission g;
    private final Value x;
    private final List<Object> wanted;
    private final int[] shape;

    /** Where -1 stands; -1 where nowhere. */
    private int rest = -1;

    /**
     * @param wanted {@link Long} or {@link Size}; one may be -1, what is left
     */
    Reshaping(Emission g, Value x, List<Object> wanted) {
        this.g = g;
        this.x = x;
        this.wanted = new ArrayList<>(wanted);
        this.shape = wanted.stream().mapToInt(g.symbols()::of).toArray();
        for (int i = 0; i < shape.length; i++) {
            if (wanted.get(i).equals(-1L)) {
                rest = i;
            }
        }
    }

    Value result() {
        if (rest >= 0) {
            shape[rest] = left();
        } else {
            check();
        }
        if (Arrays.equals(shape, x.shape())) {
            return x;
        }
        boolean known = Arrays.stream(shape).allMatch(e -> e >= 0);
        if (x.weight() != null && known) {
            return Value.of(x.weight().reshaped(Arrays.stream(shape).asLongStream().toArray()));
        }
        if (x.numbers() != null && known) {
            return Value.known(x.type(), shape, x.numbers());
        }
        long open = Arrays.stream(shape).filter(e -> e < 0).count();
        List<Object> written = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            written.add(
                    shape[i] >= 0
                            ? (Object) (long) shape[i]
                            : open == 1 || i == rest ? (Object) (-1L) : wanted.get(i));
        }
        return g.emit("Reshape", shape, List.of(g.out(x), g.vector(written)));
    }

    private void check() {
        List<Integer> before = open(x.shape());
        List<Integer> after = open(shape);
        if (before.isEmpty() && after.isEmpty() && product(x.shape()) != product(shape)) {
            throw unfit();
        }
        List<Integer> gone = new ArrayList<>(before);
        List<Integer> come = new ArrayList<>(after);
        after.forEach(gone::remove);
        before.forEach(come::remove);
        boolean same = gone.isEmpty() && come.isEmpty();
        boolean fits = same ? product(x.shape()) == product(shape) : !gone.isEmpty();
        // An open extent that gives way to numbers alone is one number.
        if (!fits || !same && come.isEmpty()) {
            throw oneSize();
        }
    }

    private static SizeNeeded oneSize() {
        return new SizeNeeded("the code gives a tensor a shape that fits images of one size only");
    }

    private ModelException unfit() {
        return new ModelException(
                "a tensor of the shape "
                        + Arrays.toString(x.shape())
                        + " cannot take the shape "
                        + Arrays.toString(shape));
    }

    /** Of the numbers among the factors. */
    private long product(int[] extents) {
        return Arrays.stream(extents)
                .flatMap(each -> Arrays.stream(g.symbols().factors(each)))
                .filter(e -> e >= 0)
                .asLongStream()
                .reduce(1, Math::multiplyExact);
    }

    /** The factors that depend on the image. */
    private List<Integer> open(int... extents) {
        return Arrays.stream(extents)
                .flatMap(each -> Arrays.stream(g.symbols().factors(each)))
                .filter(e -> e < 0)
                .sorted()
                .boxed()
                .toList();
    }

    /** What -1 stands for, perhaps an extent that depends on the image. */
    private int left() {
        List<Integer> from = new ArrayList<>(open(x.shape()));
        List<Integer> to = new ArrayList<>();
        long known = 1;
        for (int i = 0; i < shape.length; i++) {
            if (i != rest) {
                known = Math.multiplyExact(known, product(new int[] {shape[i]}));
                open(shape[i]).stream().filter(each -> !from.remove(each)).forEach(to::add);
            }
        }
        long before = product(x.shape());
        if (from.isEmpty() && to.isEmpty()) {
            if (known == 0 || before % known != 0) {
                throw unfit();
            }
            return Math.toIntExact(before / known);
        }
        if (from.size() == 1 && to.isEmpty() && before == known) {
            return from.get(0);
        }
        if (rest == 0 && to.isEmpty() && known != 0 && before % known != 0) {
            throw oneSize(); // the number of images would follow from their size
        }
        int left = g.symbols().derived("left", from, to, before, known);
        if (to.isEmpty() && known != 0 && before % known == 0) {
            List<Integer> factors = new ArrayList<>(from);
            factors.add(Math.toIntExact(before / known));
            g.symbols().product(left, factors.stream().mapToInt(f -> f).toArray());
        }
        return left;
    }
}
