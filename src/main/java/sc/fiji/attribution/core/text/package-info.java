/**
 * Words of strangers, made fit to print, and words that are nearly those that were meant. Start
 * reading at {@link sc.fiji.attribution.core.text.Printable}.
 */
package sc.fiji.attribution.core.text;
