/**
 * Adapters from the Deep Java Library to the {@code model} port, one sub-package per engine. Only
 * here are DJL and native libraries known. Start reading at {@link
 * sc.fiji.attribution.engine.tensorflow.TensorFlowModels}.
 */
package sc.fiji.attribution.engine;
