/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * PyTorch's TorchScript. {@link sc.fiji.attribution.importer.torchscript.TorchScript} is the front
 * end; an {@code Unpickler} reads parameters, a {@code Parser} the code, and the {@code
 * Interpreter} walks through it once with {@code ScriptTensor}s, for which the tables of operators
 * ({@code ConvolutionOperators}, …) emit nodes through {@code Emission}. What depends on the
 * image's extents stays open as far as the code allows, see {@code Import}.
 */
package sc.fiji.attribution.importer.torchscript;
