/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Trait;

/** Ops that hand no cotangent on, and yet something is known of them. */
@MetaInfServices(Op.Family.class)
public final class OpsWithoutGradient implements Op.Family {

    /** Into weights, not as {@code ScatterNd} into zeros. */
    private static final Pattern SCATTERS =
            Pattern.compile("(Resource)?Scatter(Nd)?(Add|Sub|Mul|Div|Min|Max|Update)");

    private static final Pattern RANDOM =
            Pattern.compile(
                    "Random.*|Stateless(Random|TruncatedNormal|Multinomial|Parameterized|Shuffle|Sample).*"
                            + "|Stateful(Random|Standard|Truncated|Uniform).*|TruncatedNormal"
                            + "|ParameterizedTruncatedNormal|Multinomial|RngReadAndSkip"
                            + "|NonDeterministicInts|SampleDistortedBoundingBox.*");

    @Override
    public List<Op> ops() {
        return Stream.of(
                        all(Trait.VALUELESS, "Shape", "ShapeN", "Rank", "Size"),
                        all(Trait.ELEMENTWISE, "Greater", "GreaterEqual", "Less", "LessEqual"),
                        all(Trait.ELEMENTWISE, "Equal", "NotEqual"),
                        all(Trait.ELEMENTWISE, "LogicalNot", "LogicalAnd", "LogicalOr"),
                        all(Trait.VARIABLE, "VarHandleOp", "VariableV2", "Variable"),
                        all(Trait.READS_VARIABLE, "ReadVariableOp"),
                        all(Trait.ASSIGNS, "Assign", "AssignVariableOp"),
                        all(Trait.RESTORES, "RestoreV2", "Restore", "RestoreSlice"),
                        all(Trait.FED, "Placeholder"),
                        all(Trait.CALLS, "PartitionedCall", "StatefulPartitionedCall"),
                        all(Trait.CALLS, "StatelessPartitionedCall"),
                        all(Trait.SWITCHES, "Switch", "RefSwitch"),
                        all(Trait.MERGES, "Merge", "RefMerge"),
                        all(Trait.LOOPS, "Enter", "RefEnter", "NextIteration", "LoopCond"),
                        all(Trait.KEEPS_SIZE, "ImageProjectiveTransformV2"),
                        all(Trait.KEEPS_SIZE, "ImageProjectiveTransformV3", "AdjustContrastv2"),
                        all(Trait.KEEPS_SIZE, "AdjustHue", "AdjustSaturation"),
                        all(Trait.KEEPS_SIZE, "RGBToHSV", "HSVToRGB"),
                        all(Trait.WRITES, "AssignAdd", "AssignSub"),
                        all(Trait.WRITES, "AssignAddVariableOp", "AssignSubVariableOp"),
                        matching(SCATTERS, Trait.WRITES),
                        matching(RANDOM, Trait.RANDOM))
                .flatMap(ops -> ops)
                .toList();
    }

    private static Stream<Op> all(Trait trait, String... types) {
        return Stream.of(types).map(type -> op(type, trait));
    }

    private static Stream<Op> matching(Pattern types, Trait trait) {
        return OpRegistry.ops().keySet().stream()
                .filter(type -> types.matcher(type).matches())
                .map(type -> op(type, trait));
    }
}
