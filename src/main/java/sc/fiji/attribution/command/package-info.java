/**
 * The commands of {@code Plugins > Attribution} for SciJava hosts: parameters in, one call of a
 * tool, outputs. Parameter names are the keys in macros and are public API. Start reading at {@link
 * sc.fiji.attribution.command.AttributionMap}.
 */
package sc.fiji.attribution.command;
