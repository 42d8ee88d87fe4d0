/**
 * Whether the map depends on what the network learned: its weights lose that layer by layer, and
 * the map should change. Start reading at {@link
 * sc.fiji.attribution.method.evaluation.randomisation.Randomised}.
 */
package sc.fiji.attribution.method.evaluation.randomisation;
