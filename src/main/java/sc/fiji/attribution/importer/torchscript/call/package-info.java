/**
 * A call of an operator: its declaration, its arguments by name, numbers and extents that are known
 * while importing, and what emits nodes for it. Start reading at {@link
 * sc.fiji.attribution.importer.torchscript.call.OperatorTable}.
 */
package sc.fiji.attribution.importer.torchscript.call;
