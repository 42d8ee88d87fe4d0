/**
 * Makes the sample images and the sample classifier in {@code sample-images}: real tissue maps,
 * varied at random, with real lesion shapes put into half of them, and a small network trained to
 * tell the halves apart. It runs only by hand, with the Maven profile {@code samples}. Start
 * reading at {@link sc.fiji.attribution.sample.MakeSamples}.
 */
package sc.fiji.attribution.sample;
