/**
 * How concentrated a map is, and which axioms it keeps. Most of these need the map alone. Start
 * reading at {@link sc.fiji.attribution.method.evaluation.complexity.Sparseness}.
 */
package sc.fiji.attribution.method.evaluation.complexity;
