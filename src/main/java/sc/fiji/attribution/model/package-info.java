/**
 * The port between attribution methods and engines: a classifier, what it can do, and how it
 * describes itself. Engines implement it, methods call it, and neither knows the other. Start
 * reading at {@link sc.fiji.attribution.model.Classifier}.
 */
package sc.fiji.attribution.model;
