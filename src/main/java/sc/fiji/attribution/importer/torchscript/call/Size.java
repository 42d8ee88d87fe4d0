/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import sc.fiji.attribution.graph.ir.Output;

/**
 * A whole number that is known only when the graph runs, such as an extent of the image.
 *
 * @param value an int32 scalar of the graph
 */
public record Size(Output value) {}
