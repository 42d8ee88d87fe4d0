/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import sc.fiji.attribution.core.ModelException;

/**
 * A stranger's HDF5 file. Links to other places, in this file or another, are not followed, and
 * whatever a damaged or hostile one does to its reader ends in a {@link ModelException}.
 */
public final class Hdf5File implements AutoCloseable {

    private final String name;
    private final FileWindow window;
    private final HdfFile file;

    /**
     * @param name by which messages call it
     */
    public Hdf5File(String name, FileWindow window) {
        this.name = name;
        this.window = window;
        try {
            this.file = guarded(() -> new HdfFile(window));
            InflateFilter.install();
        } catch (ModelException e) {
            close();
            throw e;
        }
    }

    FileWindow window() {
        return window;
    }

    /** Reads, and turns whatever goes wrong into one line about the file. */
    <T> T guarded(Supplier<T> read) {
        try {
            return read.get();
        } catch (ModelException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw new ModelException(
                    "'" + name + "' is damaged, or holds more than there is memory for.", e);
        } catch (HdfException
                | IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | ArithmeticException
                | ClassCastException
                | NullPointerException
                | java.nio.BufferUnderflowException
                | java.nio.BufferOverflowException
                | LinkageError
                | StackOverflowError e) {
            throw damaged(e);
        } catch (RuntimeException e) {
            throw damaged(e);
        }
    }

    private ModelException damaged(Throwable cause) {
        Throwable root = cause;
        for (int i = 0; i < 20 && root.getCause() != null; i++) {
            root = root.getCause();
        }
        String detail =
                root instanceof StackOverflowError
                        ? "its parts lead in circles"
                        : root instanceof LinkageError
                                ? "it is compressed in a way that is not read here"
                                : root.getMessage() == null
                                        ? "its parts do not fit each other"
                                        : root.getMessage();
        return new ModelException(
                "'"
                        + name
                        + "' is truncated, damaged or no HDF5 file ("
                        + OneLine.of(detail)
                        + "): copy or save the model again.",
                cause);
    }

    /** A text attribute of a group; empty where there is none. */
    public Optional<String> text(String group, String attribute) {
        return group(group)
                .flatMap(
                        at ->
                                guarded(
                                        () ->
                                                Optional.ofNullable(at.getAttribute(attribute))
                                                        .map(Attribute::getData)
                                                        .map(Hdf5File::single)));
    }

    private static String single(Object data) {
        return data instanceof String[] several && several.length == 1
                ? several[0]
                : data instanceof byte[] bytes
                        ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                        : String.valueOf(data);
    }

    /** A list of texts; Keras divides long ones into several attributes with a number behind. */
    public List<String> texts(String group, String attribute) {
        Optional<Group> at = group(group);
        List<String> texts = new ArrayList<>();
        if (at.isPresent()) {
            guarded(
                    () -> {
                        Attribute whole = at.get().getAttribute(attribute);
                        if (whole != null) {
                            addAll(texts, whole);
                        }
                        Attribute part = at.get().getAttribute(attribute + 0);
                        for (int i = 1; whole == null && part != null; i++) {
                            addAll(texts, part);
                            part = at.get().getAttribute(attribute + i);
                        }
                        return texts;
                    });
        }
        return texts;
    }

    private static void addAll(List<String> texts, Attribute attribute) {
        if (attribute.isEmpty() || attribute.getSize() == 0) {
            return;
        }
        Object data = attribute.getData();
        if (data instanceof String[] several) {
            texts.addAll(List.of(several));
        } else if (data instanceof String one) {
            texts.add(one);
        }
    }

    boolean hasGroup(String path) {
        return group(path).isPresent();
    }

    private Optional<Group> group(String path) {
        return node(path).filter(Group.class::isInstance).map(Group.class::cast);
    }

    /**
     * An array of numbers.
     *
     * @throws ModelException where there is none at that place, or one of anything else
     */
    StoredArray array(String path) {
        Optional<StoredArray> found = find(path);
        return found.orElseThrow(
                () ->
                        new ModelException(
                                "'"
                                        + name
                                        + "' lacks the weight '"
                                        + OneLine.of(path)
                                        + "': save the whole model again."));
    }

    Optional<StoredArray> find(String path) {
        return node(path)
                .filter(Dataset.class::isInstance)
                .map(found -> guarded(() -> StoredArray.of(this, path, (Dataset) found)));
    }

    private Optional<Node> node(String path) {
        return guarded(
                () -> {
                    Node at = file;
                    for (String part : path.split("/")) {
                        if (part.isEmpty()) {
                            continue;
                        }
                        if (!(at instanceof Group group)) {
                            return Optional.empty();
                        }
                        at = group.getChildren().get(part);
                        if (at == null) {
                            return Optional.empty();
                        }
                        if (at.isLink()) {
                            throw new ModelException(
                                    "'"
                                            + name
                                            + "' holds a link to another place ("
                                            + OneLine.of(path)
                                            + "), which is not followed: save the model again.");
                        }
                    }
                    return Optional.of(at);
                });
    }

    @Override
    public void close() {
        try {
            // The library has nothing else open, and cannot close what has no path.
            window.close();
        } catch (IOException e) {
            throw new ModelException("'" + name + "' cannot be closed: " + e.getMessage(), e);
        }
    }
}
