/**
 * The same commands for plain ImageJ 1.x, whose menu is made from {@code plugins.config}. One
 * bridge builds the dialog from a command's own parameters, or reads a macro's options, and runs
 * it. Start reading at {@link sc.fiji.attribution.ij1.CommandBridge}.
 */
package sc.fiji.attribution.ij1;
