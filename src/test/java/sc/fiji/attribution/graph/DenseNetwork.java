/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * A small network twice: as TensorFlow's ops, and as explicit matrices over plain arrays in double
 * precision. Whatever is affine (convolutions of any kind, dense layers, means, batch
 * normalisation) is unrolled to z = Wx + b by what it makes of zero and of each unit vector.
 *
 * <p>For one image x and one baseline x0 side by side; channels last.
 */
public final class DenseNetwork {

    /** Writes ops behind a tensor, into any graph. */
    public interface Part extends BiFunction<Ops, Output, Output> {}

    /** What a step computes. */
    public sealed interface Kind {
        record Image() implements Kind {}

        /**
         * @param w weights, of each output those of all inputs
         * @param layer whether it is one with trained weights
         */
        record Affine(double[][] w, double[] b, boolean layer) implements Kind {}

        record Pointwise(DoubleUnaryOperator f) implements Kind {}

        record Sum() implements Kind {}

        /**
         * @param places of the elements of each part in the whole
         */
        record Joined(int[][] places) implements Kind {}

        /**
         * @param windows inputs that each output sees
         */
        record Max(int[][] windows) implements Kind {}

        /** The first input, weighted by the second. */
        record Product() implements Kind {}
    }

    /**
     * @param tensor the same in the graph
     * @param x its value for the image
     * @param x0 its value for the baseline
     * @param shape without the batch axis
     */
    public record Step(
            Kind kind, List<Step> from, Output tensor, double[] x, double[] x0, long[] shape) {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    final DataType type;
    final Graph graph = new Graph();
    public final Ops g = new Ops(graph, "net/");
    public final List<Step> steps = new ArrayList<>();
    public final Step image;

    /**
     * @param shape without the batch axis
     */
    public DenseNetwork(DataType type, double[] x, double[] x0, long... shape) {
        this.type = type;
        Output tensor = placeholder(graph, "image", type);
        image = step(new Kind.Image(), List.of(), tensor, x, x0, shape);
    }

    /** Of values between 0 and 1, or normally distributed; the baseline's are others. */
    static DenseNetwork of(DataType type, boolean signed, long... shape) {
        Random random = new Random(5);
        double[][] both = new double[2][(int) Values.count(shape)];
        for (double[] values : both) {
            Arrays.setAll(
                    values, i -> (float) (signed ? random.nextGaussian() : random.nextDouble()));
        }
        return new DenseNetwork(type, both[0], both[1], shape);
    }

    public static Output placeholder(Graph graph, String wanted, DataType type) {
        String name = graph.freeName(wanted);
        AttrValue dtype = AttrValue.newBuilder().setType(type).build();
        graph.put(
                NodeDef.newBuilder()
                        .setName(name)
                        .setOp("Placeholder")
                        .putAttr("dtype", dtype)
                        .build());
        return new Output(name, 0);
    }

    /** Normally distributed weights, the same for the same seed. */
    public static Output weights(Ops g, Output like, long seed, long... shape) {
        Random random = new Random(seed);
        double[] values = new double[(int) Values.count(shape)];
        Arrays.setAll(values, i -> (float) random.nextGaussian());
        return constant(g, like, values, shape);
    }

    public static Output constant(Ops g, Output like, double[] values, long... shape) {
        Values constant = new Values(g.type(like), shape, values);
        return g.constant(g.type(like), constant.byteSize(), constant::write, shape);
    }

    private Step step(
            Kind kind, List<Step> from, Output tensor, double[] x, double[] x0, long... shape) {
        Step step = new Step(kind, from, tensor, x, x0, shape);
        steps.add(step);
        return step;
    }

    /** A layer with weights and all that is folded into it: a bias, a batch normalisation. */
    Step layer(Step from, Part part) {
        return affine(from, part, true);
    }

    /** An affine step without trained weights, such as a mean. */
    Step fixed(Step from, Part part) {
        return affine(from, part, false);
    }

    /** The same, which the graph leaves to broadcasting. */
    Step broadcast(Step from, Part part, Output tensor) {
        return affine(from, part, false, tensor);
    }

    private Step affine(Step from, Part part, boolean layer) {
        return affine(from, part, layer, part.apply(g, from.tensor));
    }

    private Step affine(Step from, Part part, boolean layer, Output tensor) {
        Values y = probe(from.shape, part);
        double[][] rows = rows(y);
        double[] b = rows[0];
        double[][] w = new double[b.length][from.x.length];
        for (int j = 0; j < b.length; j++) {
            for (int i = 0; i < from.x.length; i++) {
                w[j][i] = rows[i + 1][j] - b[j];
            }
        }
        double[][] z = {b.clone(), b.clone()};
        for (int j = 0; j < b.length; j++) {
            for (int i = 0; i < from.x.length; i++) {
                z[0][j] += w[j][i] * from.x[i];
                z[1][j] += w[j][i] * from.x0[i];
            }
        }
        long[] shape = Arrays.copyOfRange(y.shape(), 1, y.shape().length);
        Kind kind = new Kind.Affine(w, b, layer);
        return step(kind, List.of(from), tensor, z[0], z[1], shape);
    }

    /** What a part makes of zero, and of each unit vector. */
    private Values probe(long[] shape, Part part) {
        Graph probe = new Graph();
        Output x = placeholder(probe, "x", type);
        Ops ops = new Ops(probe, "probe/");
        Output y = ops.emit("Identity", part.apply(ops, x));
        int n = (int) Values.count(shape);
        double[] units = new double[(n + 1) * n];
        for (int i = 0; i < n; i++) {
            units[(i + 1) * n + i] = 1;
        }
        long[] batch = withBatch(n + 1, shape);
        try (NativeSession session = NativeSession.of(probe.toProto().build())) {
            Map<String, Values> feed = Map.of("x:0", new Values(type, batch, units));
            return session.run(feed, List.of(y.toString())).get(0);
        }
    }

    static long[] withBatch(int n, long[] shape) {
        return LongStream.concat(LongStream.of(n), Arrays.stream(shape)).toArray();
    }

    private static double[][] rows(Values batch) {
        int n = (int) batch.shape()[0];
        int length = batch.data().length / n;
        double[][] rows = new double[n][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(batch.data(), i * length, (i + 1) * length));
        return rows;
    }

    /** A function of each element, however many ops spell it out. */
    public Step pointwise(Step from, Part part, DoubleUnaryOperator f) {
        double[] y = Arrays.stream(from.x).map(f).toArray();
        double[] y0 = Arrays.stream(from.x0).map(f).toArray();
        Output tensor = part.apply(g, from.tensor);
        return step(new Kind.Pointwise(f), List.of(from), tensor, y, y0, from.shape);
    }

    Step relu(Step from) {
        return pointwise(from, (g, x) -> g.emit("Relu", x), v -> Math.max(v, 0));
    }

    Step sum(Step... parts) {
        Output tensor = g.add(parts[0].tensor, parts[1].tensor);
        return sum(tensor, parts);
    }

    Step sum(Output tensor, Step... parts) {
        double[][] y = new double[2][parts[0].x.length];
        for (Step part : parts) {
            Arrays.setAll(y[0], i -> y[0][i] + part.x[i]);
            Arrays.setAll(y[1], i -> y[1][i] + part.x0[i]);
        }
        return step(new Kind.Sum(), List.of(parts), tensor, y[0], y[1], parts[0].shape);
    }

    /** The first input, element by element times the second. */
    Step product(Output tensor, Step gated, Step gate) {
        double[] y = new double[gated.x.length];
        double[] y0 = new double[gated.x.length];
        Arrays.setAll(y, i -> gated.x[i] * gate.x[i]);
        Arrays.setAll(y0, i -> gated.x0[i] * gate.x0[i]);
        return step(new Kind.Product(), List.of(gated, gate), tensor, y, y0, gated.shape);
    }

    /** Concatenated along channels. */
    Step join(Step... parts) {
        List<Output> tensors = new ArrayList<>();
        int channels = 0;
        for (Step part : parts) {
            tensors.add(part.tensor);
            channels += (int) part.shape[part.shape.length - 1];
        }
        int voxels = parts[0].x.length / (int) parts[0].shape[parts[0].shape.length - 1];
        int[][] places = new int[parts.length][];
        double[][] y = new double[2][voxels * channels];
        int first = 0;
        for (int p = 0; p < parts.length; p++) {
            int own = parts[p].x.length / voxels;
            places[p] = new int[parts[p].x.length];
            for (int i = 0; i < places[p].length; i++) {
                places[p][i] = i / own * channels + first + i % own;
                y[0][places[p][i]] = parts[p].x[i];
                y[1][places[p][i]] = parts[p].x0[i];
            }
            first += own;
        }
        tensors.add(g.scalar(parts[0].shape.length));
        long[] shape = parts[0].shape.clone();
        shape[shape.length - 1] = channels;
        Output tensor = g.emit("ConcatV2", tensors, "N", parts.length);
        return step(new Kind.Joined(places), List.of(parts), tensor, y[0], y[1], shape);
    }

    /**
     * Max pooling over the windows of the average pooling of the same attributes.
     *
     * @param spatial 2 or 3
     */
    Step maxPool(Step from, int spatial, Object... attributes) {
        String of = spatial == 2 ? "" : "3D";
        Part average = (ops, x) -> ops.emit("AvgPool" + of, List.of(x), attributes);
        DenseNetwork apart = new DenseNetwork(DataType.DT_FLOAT, from.x, from.x0, from.shape);
        Step pooled = apart.fixed(apart.image, average);
        double[][] w = ((Kind.Affine) pooled.kind).w;
        int[][] windows = new int[w.length][];
        Arrays.setAll(
                windows,
                j -> IntStream.range(0, from.x.length).filter(i -> w[j][i] != 0).toArray());
        double[][] y = {pooled.x.clone(), pooled.x0.clone()};
        for (int j = 0; j < w.length; j++) {
            y[0][j] = Arrays.stream(windows[j]).mapToDouble(i -> from.x[i]).max().getAsDouble();
            y[1][j] = Arrays.stream(windows[j]).mapToDouble(i -> from.x0[i]).max().getAsDouble();
        }
        Output tensor = g.emit("MaxPool" + of, List.of(from.tensor), attributes);
        return step(new Kind.Max(windows), List.of(from), tensor, y[0], y[1], pooled.shape);
    }
}
