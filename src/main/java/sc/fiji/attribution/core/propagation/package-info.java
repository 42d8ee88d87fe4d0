/**
 * Which way relevance, or a gradient, is taken back through a network: rules, composites of them,
 * and passes that are asked for. Start reading at {@link
 * sc.fiji.attribution.core.propagation.Propagation}.
 */
package sc.fiji.attribution.core.propagation;
