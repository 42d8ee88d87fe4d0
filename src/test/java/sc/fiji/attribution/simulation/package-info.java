/**
 * Makes subjects whose truth is known: real anatomy, varied at random, with multiple sclerosis
 * lesions or a grown tumour, as T1 and FLAIR of a scanner drawn at random. A sample program, no
 * part of the plug-in. The same seed gives the same bytes on every machine. Start reading at {@link
 * sc.fiji.attribution.simulation.Simulator}.
 */
package sc.fiji.attribution.simulation;
