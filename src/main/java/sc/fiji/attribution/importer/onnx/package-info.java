/**
 * Reads ONNX files: messages off the wire, then op by op into the graph. Start with {@code
 * OnnxModels}; {@code OnnxOps} is the table of what is known.
 */
package sc.fiji.attribution.importer.onnx;
