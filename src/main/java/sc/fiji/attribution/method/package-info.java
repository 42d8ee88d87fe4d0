/**
 * Attribution methods, one class each, over the {@code model} port. A method declares what it is,
 * needs and reads; dialogs, documentation and tests take it from there. Start reading at {@link
 * sc.fiji.attribution.method.AttributionMethod}; a new method is a new annotated class.
 */
package sc.fiji.attribution.method;
