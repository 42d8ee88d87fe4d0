/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Writes weights, as they are read, into a checkpoint of TensorFlow's (tensor bundle: one data file
 * and an index), and puts variables of the same names into the graph. As constants in the graph
 * large ones would be held several times over; so a model takes its weights once on disk while it
 * is opened, once in TensorFlow, and of the heap what its largest tensor takes, twice.
 */
public final class WeightStore implements AutoCloseable {

    /**
     * Bytes below which a weight stands in the graph itself: it can be folded into others, and
     * oneDNN keeps a constant filter in its own order instead of arranging it in each pass.
     */
    static final int SMALLEST = 1 << 14;

    /** Bytes that are written at once. */
    private static final int PART = 1 << 20;

    private final Path folder;
    private final FileChannel data;
    private final Map<String, BundleEntryProto> entries = new TreeMap<>();
    private final Map<Weight, Output> written = new HashMap<>();
    private long size;
    private boolean finished;

    /**
     * @param folder an empty one of the caller's
     */
    public WeightStore(Path folder) {
        this.folder = folder;
        try {
            data =
                    FileChannel.open(
                            folder.resolve("variables.data-00000-of-00001"),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private WeightStore() {
        folder = null;
        data = null;
    }

    /** One that only keeps account: to find out what a network is like before it is written. */
    public static WeightStore dry() {
        return new WeightStore();
    }

    /** The folder with the checkpoint, complete after {@link #finish}. */
    public Path folder() {
        return folder;
    }

    /** Whether anything was written. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * A weight's value in a graph: what reads its variable, or a constant where it is small. Equal
     * weights are written once.
     *
     * @param name of the variable or constant, if it is free; valid as a node's name
     * @throws ModelException where the weight cannot be read or written
     */
    public Output value(Graph graph, String name, Weight weight) {
        return written.computeIfAbsent(
                weight,
                key ->
                        bytes(key) < SMALLEST
                                ? constant(graph, graph.freeName(name), key)
                                : variable(graph, graph.freeName(name), key));
    }

    private static long bytes(Weight weight) {
        return weight.size() * WeightView.bytes(weight.type());
    }

    private static TensorShapeProto shape(Weight weight) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : weight.shape()) {
            shape.addDimBuilder().setSize(extent);
        }
        return shape.build();
    }

    private static Output constant(Graph graph, String name, Weight weight) {
        try {
            ByteString content = ByteString.copyFrom(weight.read());
            if (content.size() != bytes(weight)) {
                throw otherSize(content.size(), bytes(weight));
            }
            TensorProto.Builder tensor =
                    TensorProto.newBuilder()
                            .setDtype(weight.type())
                            .setTensorShape(shape(weight))
                            .setTensorContent(content);
            graph.put(
                    NodeDef.newBuilder()
                            .setName(name)
                            .setOp("Const")
                            .putAttr("dtype", AttrValue.newBuilder().setType(weight.type()).build())
                            .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                            .build());
            return new Output(name, 0);
        } catch (IOException e) {
            throw notTaken(name, e);
        }
    }

    private static IOException otherSize(long is, long expected) {
        return new IOException("it has " + is + " bytes instead of " + expected);
    }

    private static ModelException notTaken(String name, IOException e) {
        return new ModelException(
                "Weight '" + name + "' cannot be taken over: " + e.getMessage() + ".", e);
    }

    private Output variable(Graph graph, String name, Weight weight) {
        TensorShapeProto shape = shape(weight);
        write(name, weight, shape);
        AttrValue type = AttrValue.newBuilder().setType(weight.type()).build();
        graph.put(
                NodeDef.newBuilder()
                        .setName(name)
                        .setOp("VarHandleOp")
                        .putAttr("dtype", type)
                        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                        .putAttr(
                                "shared_name",
                                AttrValue.newBuilder().setS(ByteString.copyFromUtf8(name)).build())
                        .build());
        String read = graph.freeName(name + "/Read");
        graph.put(
                NodeDef.newBuilder()
                        .setName(read)
                        .setOp("ReadVariableOp")
                        .addInput(name)
                        .putAttr("dtype", type)
                        .build());
        return new Output(read, 0);
    }

    private void write(String key, Weight weight, TensorShapeProto shape) {
        if (finished) {
            throw new IllegalStateException("the checkpoint is written");
        }
        if (data == null) {
            return;
        }
        try {
            long start = size;
            CRC32C crc = new CRC32C();
            weight.pieces(
                    piece -> {
                        crc.update(piece.duplicate());
                        append(piece);
                    });
            long expected = bytes(weight);
            if (size - start != expected) {
                throw otherSize(size - start, expected);
            }
            entries.put(
                    key,
                    BundleEntryProto.newBuilder()
                            .setDtype(weight.type())
                            .setShape(shape)
                            .setOffset(start)
                            .setSize(expected)
                            .setCrc32C(CheckpointIndex.masked(crc))
                            .build());
        } catch (IOException e) {
            throw notTaken(key, e);
        }
    }

    /** The channel copies what it is given at once, and keeps the memory of that. */
    private void append(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            ByteBuffer part = bytes.slice(bytes.position(), Math.min(PART, bytes.remaining()));
            int written = data.write(part);
            bytes.position(bytes.position() + written);
            size += written;
        }
    }

    /**
     * Completes the checkpoint.
     *
     * @return the names of all variables with their types
     */
    public Map<String, DataType> finish() {
        try {
            if (!finished) {
                finished = true;
                CheckpointIndex.write(folder.resolve("variables.index"), entries);
                data.close();
            }
        } catch (IOException e) {
            throw failed(e);
        }
        Map<String, DataType> names = new TreeMap<>();
        entries.forEach((name, entry) -> names.put(name, entry.getDtype()));
        return names;
    }

    private ModelException failed(IOException e) {
        return new ModelException(
                "Weights cannot be written to '"
                        + folder
                        + "' ("
                        + e.getMessage()
                        + "): make room there or set -Djava.io.tmpdir.",
                e);
    }

    @Override
    public void close() {
        try {
            if (data != null) {
                data.close();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
