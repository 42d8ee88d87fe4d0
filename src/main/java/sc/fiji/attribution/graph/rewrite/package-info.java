/**
 * Rewrites that leave the values as they are: channels last, floats for halves, pooling before
 * ReLU, augmentation left out. One class a rewrite, each applied to the whole graph. Start reading
 * at {@link sc.fiji.attribution.graph.rewrite.ChannelsLast}.
 */
package sc.fiji.attribution.graph.rewrite;
