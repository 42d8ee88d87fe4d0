/**
 * One table for each family of operators of PyTorch: a declaration, and the few lines that emit its
 * nodes. Start reading at {@link
 * sc.fiji.attribution.importer.torchscript.operator.TensorOperators}.
 */
package sc.fiji.attribution.importer.torchscript.operator;
