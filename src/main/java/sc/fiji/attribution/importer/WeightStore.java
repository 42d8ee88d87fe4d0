/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

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
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Writes weights, as they are read, into a checkpoint of TensorFlow's (tensor bundle: one data file
 * and an index), and puts variables of the same names into the graph. As constants in the graph
 * they would be held several times over; so a model takes its weights once on disk while it is
 * opened, once in TensorFlow, and of the heap what its largest tensor takes, twice.
 */
public final class WeightStore implements AutoCloseable {

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
     * A weight's value in a graph. Equal weights are written once.
     *
     * @param name of the variable, if it is free; valid as a node's name
     * @return what reads the variable
     * @throws ModelException where the weight cannot be read or written
     */
    public Output variable(Graph graph, String name, Weight weight) {
        return written.computeIfAbsent(weight, key -> add(graph, graph.freeName(name), key));
    }

    private Output add(Graph graph, String name, Weight weight) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : weight.shape()) {
            shape.addDimBuilder().setSize(extent);
        }
        write(name, weight, shape.build());
        AttrValue type = AttrValue.newBuilder().setType(weight.type()).build();
        graph.put(
                NodeDef.newBuilder()
                        .setName(name)
                        .setOp("VarHandleOp")
                        .putAttr("dtype", type)
                        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                        .putAttr(
                                "shared_name",
                                AttrValue.newBuilder()
                                        .setS(com.google.protobuf.ByteString.copyFromUtf8(name))
                                        .build())
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
            long expected = weight.size() * WeightView.bytes(weight.type());
            if (size - start != expected) {
                throw new IOException("it has " + (size - start) + " bytes instead of " + expected);
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
            throw new ModelException(
                    "Weight '" + key + "' cannot be taken over: " + e.getMessage() + ".", e);
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
