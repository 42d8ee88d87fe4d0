/**
 * TensorFlow SavedModels as classifiers with input gradients. The graph package augments the file,
 * DJL loads it once, and each signature becomes a block over the same session. Start reading at
 * {@link sc.fiji.attribution.engine.tensorflow.TensorFlowModels}.
 */
package sc.fiji.attribution.engine.tensorflow;
