/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import sc.fiji.attribution.importer.torchscript.archive.ScriptObject;
import sc.fiji.attribution.importer.torchscript.archive.Statement;

/** Values of the language that can be called. */
sealed interface Callable {

    /** A function of the archive's code. */
    record FunctionOf(String name, Statement.Function function) implements Callable {}

    /** A method of an object. */
    record Method(ScriptObject self, String name) implements Callable {}

    /** A class of the archive's code. */
    record ClassOf(String name, Statement.ClassDefinition definition) implements Callable {}

    /** An operator: {@code aten::relu}. */
    record Operator(String name) implements Callable {}
}
