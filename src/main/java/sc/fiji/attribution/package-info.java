/**
 * Attribution for Fiji. Here is only the headless runner; the main path is {@code command} → {@code
 * fiji} → {@code method} → {@code model} ← {@code engine} → {@code graph}. Start reading at {@link
 * sc.fiji.attribution.Main}.
 */
package sc.fiji.attribution;
