/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import java.awt.GraphicsEnvironment;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Optional;
import org.scijava.Priority;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import org.scijava.run.AbstractCodeRunner;
import org.scijava.run.CodeRunner;

/**
 * Runs this plug-in's commands for {@code fiji --headless --run LABEL 'key=value,…'}. SciJava's own
 * runner fails on commands whose inputs are made at run time, as these are, and Fiji would end
 * before they do.
 */
@Plugin(type = CodeRunner.class, priority = Priority.HIGH)
public final class CommandLine extends AbstractCodeRunner {

    @Parameter private CommandService commands;

    @Parameter private ModuleService modules;

    @Override
    public void run(Object code, Object... inputs) throws InvocationTargetException {
        finish(waitFor(modules.run(find(code).orElseThrow(), true, inputs)));
    }

    @Override
    public void run(Object code, Map<String, Object> inputs) throws InvocationTargetException {
        finish(waitFor(modules.run(find(code).orElseThrow(), true, inputs)));
    }

    /**
     * A pipeline must see that a step of it failed or is not whole; Fiji itself would end with 0.
     */
    private static void finish(Module module) {
        if (!ToolCommand.isWhole(module)
                && GraphicsEnvironment.isHeadless()
                && isAskedByTheCommandLine()) {
            System.exit(1);
        }
    }

    /** Whether the argument {@code --run} waits for it; SciJava has had two classes for that. */
    private static boolean isAskedByTheCommandLine() {
        return StackWalker.getInstance()
                .walk(
                        frames ->
                                frames.anyMatch(
                                        frame -> frame.getClassName().endsWith(".RunArgument")));
    }

    @Override
    public boolean supports(Object code) {
        return find(code).isPresent();
    }

    /** By label or class name. */
    private Optional<CommandInfo> find(Object code) {
        return commands.getCommands().stream()
                .filter(CommandRunner::isOurs)
                .filter(
                        info ->
                                info.getTitle().equals(code)
                                        || info.getDelegateClassName().equals(code))
                .findFirst();
    }
}
