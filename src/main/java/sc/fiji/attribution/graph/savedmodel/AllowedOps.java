/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * A model is a program, and this says whether it may run. Whatever could run when the model is
 * loaded or asked is looked at: the signature and its control dependencies, what initialises and
 * restores it, and the bodies of all functions that these reach. The saver is not, since nothing
 * saves. Only ops that are listed in {@code op-safety.tsv} as harmless may occur.
 */
public final class AllowedOps {

    /** Collections that name what runs when the model is loaded. */
    private static final List<String> INITIALISERS =
            List.of("saved_model_main_op", "legacy_init_op", "table_initializer");

    private static final Set<String> ALLOWED = read();

    private final String model;
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Map<String, FunctionDef> functions = new HashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    private AllowedOps(MetaGraphDef graph, String model) {
        this.model = model;
        graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
        graph.getGraphDef()
                .getLibrary()
                .getFunctionList()
                .forEach(function -> functions.put(function.getSignature().getName(), function));
    }

    static Set<String> names() {
        return ALLOWED;
    }

    /**
     * Refuses a graph that could do more than compute.
     *
     * @param signatures those that are to be used
     * @throws ModelException names the op and its node
     */
    public static void check(
            MetaGraphDef graph, Collection<SignatureDef> signatures, String model) {
        check(graph, signatures, Set.of(), model);
    }

    /**
     * As above.
     *
     * @param besides ops that are harmless in this graph, though not in a stranger's
     */
    public static void check(
            MetaGraphDef graph,
            Collection<SignatureDef> signatures,
            Set<String> besides,
            String model) {
        AllowedOps checker = new AllowedOps(graph, model);
        Set<String> roots = new LinkedHashSet<>();
        signatures.forEach(each -> roots.addAll(tensors(each)));
        SignatureDef init = graph.getSignatureDefMap().get("__saved_model_init_op");
        if (init != null) {
            roots.addAll(tensors(init));
        }
        for (String collection : INITIALISERS) {
            roots.addAll(names(graph.getCollectionDefMap().get(collection)));
        }
        checker.check(roots, besides::contains);
        String restore = graph.getSaverDef().getRestoreOpName();
        if (!restore.isEmpty()) {
            checker.check(
                    Set.of(Output.parse(restore).node()), op -> OpTable.is(op, Trait.RESTORES));
            RestoreGraph.of(graph).foreign().ifPresent(checker::refuseForeign);
        }
    }

    private static List<String> tensors(SignatureDef signature) {
        List<TensorInfo> all = new ArrayList<>(signature.getInputsMap().values());
        all.addAll(signature.getOutputsMap().values());
        return all.stream()
                .filter(tensor -> !tensor.getName().isEmpty())
                .map(tensor -> Output.parse(tensor.getName()).node())
                .toList();
    }

    /** Node names in a collection, which keeps them as text or as packed names. */
    private static List<String> names(CollectionDef collection) {
        return collection == null
                ? List.of()
                : collection.getNodeList().getValueList().stream()
                        .map(name -> name.startsWith("^") ? name.substring(1) : name)
                        .map(name -> Output.parse(name).node())
                        .toList();
    }

    private void check(Set<String> roots, Predicate<String> besides) {
        List<String> reached =
                Topology.ancestors(
                        roots.stream().filter(nodes::containsKey).toList(),
                        name ->
                                Graph.predecessors(nodes.get(name)).stream()
                                        .filter(nodes::containsKey)
                                        .toList());
        reached.forEach(name -> check(nodes.get(name), besides));
    }

    private void check(NodeDef node, Predicate<String> besides) {
        String op = node.getOp();
        if (!functions.containsKey(op) && !ALLOWED.contains(op) && !besides.test(op)) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' may do more than compute: op "
                            + op
                            + " (layer '"
                            + NodeName.of(node.getName())
                            + "') is not on the list of harmless ones; export the model without it,"
                            + " or, if you trust whoever made it, allow it (trust=true).");
        }
        Functions.namedBy(node).stream()
                .filter(functions::containsKey)
                .filter(known::add)
                .forEach(
                        name ->
                                functions
                                        .get(name)
                                        .getNodeDefList()
                                        .forEach(inner -> check(inner, besides)));
    }

    private void refuseForeign(NodeDef node) {
        throw new ModelException(
                "Model '"
                        + model
                        + "' may do more than compute: what restores it reads another file than"
                        + " the checkpoint beside it (op "
                        + node.getOp()
                        + ", layer '"
                        + NodeName.of(node.getName())
                        + "'); export it again, or, if you trust whoever made it, allow it"
                        + " (trust=true): its weights are then read from that checkpoint.");
    }

    private static Set<String> read() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                AllowedOps.class.getResourceAsStream("op-safety.tsv"),
                                StandardCharsets.UTF_8))) {
            return in.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .filter(row -> row[1].equals("in"))
                    .map(row -> row[0])
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
