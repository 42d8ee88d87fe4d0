/**
 * The port between attribution methods and engines: a classifier, what it can do, and how it
 * describes itself. Engines implement it, methods call it, and neither knows the other. Start
 * reading at {@link sc.fiji.attribution.model.Classifier}; for what a file beside a model says of
 * it, at {@link sc.fiji.attribution.model.description.ModelDescription}.
 */
package sc.fiji.attribution.model;
