/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Which object of the author's a variable is: the record of the saved objects lists what a function
 * reads beside its arguments, in the order of its call. So variables that bear one name are told
 * apart, such as those of the layers of a model of the author's own class.
 */
final class CapturedVariables {

    private CapturedVariables() {}

    /**
     * By variable, its key in the checkpoint.
     *
     * @param keys by the number of an object
     */
    static Map<String, String> keys(MetaGraphDef model, Map<Integer, String> keys) {
        Map<String, SavedConcreteFunction> functions =
                model.getObjectGraphDef().getConcreteFunctionsMap();
        Map<String, NodeDef> variables = new HashMap<>();
        model.getGraphDef().getNodeList().stream()
                .filter(RestoreGraph::isVariable)
                .forEach(node -> variables.put(node.getName(), node));
        Map<String, String> found = new HashMap<>();
        for (NodeDef call : model.getGraphDef().getNodeList()) {
            SavedConcreteFunction function =
                    OpTable.is(call, Trait.CALLS)
                            ? functions.get(call.getAttrOrThrow("f").getFunc().getName())
                            : null;
            if (function == null) {
                continue;
            }
            List<Output> inputs = Graph.inputs(call);
            int first = inputs.size() - function.getBoundInputsCount();
            for (int i = Math.max(first, 0); i < inputs.size(); i++) {
                NodeDef variable = variables.get(inputs.get(i).node());
                String key = keys.get(function.getBoundInputs(i - first));
                if (variable != null && key != null) {
                    found.put(RestoreGraph.variable(variable), key);
                }
            }
        }
        return found;
    }
}
