/**
 * What the README of the samples says of the brains and the classifier in {@code sample-images}.
 * How they are made: {@link sc.fiji.attribution.simulation.MakeSubjects}, and {@code
 * src/test/python/studies/sample.py}.
 */
package sc.fiji.attribution.sample;
