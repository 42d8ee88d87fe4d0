/**
 * Can this map be believed? Each metric is one small class, found as methods are; null maps
 * (random, edges) are measured beside every map, since a number alone says nothing. Start reading
 * at {@link sc.fiji.attribution.method.evaluation.Metric} and {@link
 * sc.fiji.attribution.method.evaluation.Trial}.
 */
package sc.fiji.attribution.method.evaluation;
