/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.torchscript.archive.Program;
import sc.fiji.attribution.importer.torchscript.archive.ScriptObject;
import sc.fiji.attribution.importer.torchscript.archive.Statement;
import sc.fiji.attribution.importer.torchscript.archive.StoredTensor;
import sc.fiji.attribution.importer.torchscript.archive.TorchArchive;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.operator.TensorOperators;

/** The module of an archive: its parameters and its code, which can be walked through. */
final class ScriptModule {

    private static final int MODULES = 200_000;

    private final TorchArchive archive;
    private final Program program;
    private boolean training;

    ScriptModule(TorchArchive archive) {
        this.archive = archive;
        this.program = new Program(archive);
    }

    /** A fresh copy of what the code calls CONSTANTS. */
    private List<Object> constants() {
        return archive.has("constants.pkl")
                        && Unpickler.read(
                                        archive.bytes("constants.pkl"),
                                        "constants.pkl",
                                        "constants/")
                                instanceof Tuple tuple
                ? tuple.values()
                : List.of();
    }

    /** A fresh copy of the modules, each told where it stands. */
    private ScriptObject root() {
        Object root = Unpickler.read(archive.bytes("data.pkl"), "data.pkl", "data/");
        if (!(root instanceof ScriptObject module)) {
            throw new ModelException("'data.pkl' in the archive holds no module");
        }
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<ScriptObject> open = new ArrayDeque<>(List.of(module));
        seen.add(module);
        while (!open.isEmpty()) {
            ScriptObject next = open.pop();
            if (seen.size() > MODULES || next.path().length() > 2000) {
                throw new ModelException("the archive has more modules than any network");
            }
            if (Boolean.TRUE.equals(next.attributes().get("training"))) {
                training = true;
                next.attributes().put("training", false);
            }
            next.attributes()
                    .forEach(
                            (name, value) -> {
                                if (value instanceof ScriptObject child && seen.add(child)) {
                                    String path = next.path();
                                    child.place(path.isEmpty() ? name : path + "." + name);
                                    open.add(child);
                                }
                            });
        }
        return module;
    }

    /** Whether it was saved as in training; it is looked at as in evaluation. */
    boolean wasTraining() {
        return training;
    }

    /** Arguments of {@code forward}, without self. */
    List<Statement.Parameter> inputs() {
        Statement.ClassDefinition type = program.type(root().type());
        Statement.Function forward = type.methods().get("forward");
        if (forward == null) {
            throw new ModelException("the module has no method 'forward'");
        }
        return forward.parameters().subList(1, forward.parameters().size());
    }

    /** Numbers of axes of the filters, most first: of 5 axes for networks of volumes. */
    List<Integer> filterRanks() {
        TreeMap<Integer, Integer> counts = new TreeMap<>(Collections.reverseOrder());
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>(constants());
        open.push(root());
        while (!open.isEmpty()) {
            Object next = open.pop();
            if (next instanceof StoredTensor tensor && tensor.count() > 1) {
                counts.merge(tensor.sizes().size(), 1, Integer::sum);
            } else if (seen.add(next)) {
                if (next instanceof ScriptObject object) {
                    open.addAll(object.attributes().values());
                } else if (next instanceof List<?> list) {
                    open.addAll(list);
                } else if (next instanceof Map<?, ?> map) {
                    open.addAll(map.values());
                }
            }
        }
        counts.keySet().retainAll(Set.of(3, 4, 5));
        return List.copyOf(counts.keySet());
    }

    /**
     * Walks through {@code forward}.
     *
     * @param inputs for each of its arguments
     */
    Object forward(NetworkBuilder builder, Emission emission, List<Object> inputs) {
        TensorOperators operators = new TensorOperators(archive, emission);
        try {
            return new Interpreter(program, constants(), operators).call(root(), "forward", inputs);
        } catch (TensorOperators.MissingOperator e) {
            TreeSet<String> others = new TreeSet<>();
            for (String name : program.operators()) {
                if (!operators.has(name)) {
                    others.add("'" + name + "'");
                }
            }
            throw e.withOthers(others);
        } catch (StackOverflowError e) {
            throw new ModelException("its code nests too deeply", e);
        }
    }
}
