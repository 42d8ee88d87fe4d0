/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.scijava.command.CommandInfo;
import org.scijava.module.MethodCallException;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.util.Types;
import sc.fiji.attribution.command.CommandRunner;
import sc.fiji.attribution.core.ImageException;

/** An ImageJ dialog with a field for each parameter of a command, under its own label. */
final class CommandDialog {

    private static final int COLUMNS = 30;

    private final Module module;
    private final GenericDialog dialog;
    private boolean afterNumber;

    private CommandDialog(CommandInfo info, Module module) {
        this.module = module;
        this.dialog = new GenericDialog(info.getMenuPath().getLeaf().getName().replace("...", ""));
    }

    /**
     * Asks for a command's inputs, and records those that differ from the defaults.
     *
     * @param module one of the command, with its defaults
     * @return the inputs by key, or empty where the user cancelled
     */
    static Optional<Map<String, String>> ask(CommandInfo info, Module module) {
        CommandDialog asked = new CommandDialog(info, module);
        List<ModuleItem<?>> items = CommandRunner.inputs(info);
        StringBuilder help = new StringBuilder("<html><table>");
        for (ModuleItem<?> item : items) {
            asked.add(current(item, module));
            help.append("<tr><td><b>").append(item.getLabel()).append("</b></td><td>");
            help.append(String.valueOf(item.getDescription()).replace("null", ""));
            help.append("</td><td><code>").append(item.getName()).append("</code></td></tr>");
        }
        asked.dialog.addHelp(help.append("</table></html>").toString());
        asked.dialog.showDialog();
        return asked.dialog.wasCanceled() ? Optional.empty() : Optional.of(asked.read(items));
    }

    /** The item with the choices that its initializer gives it. */
    private static ModuleItem<?> current(ModuleItem<?> item, Module module) {
        try {
            item.initialize(module);
        } catch (MethodCallException e) {
            throw new IllegalStateException(e);
        }
        return module.getInfo().getInput(item.getName());
    }

    private void add(ModuleItem<?> item) {
        Object value = module.getInput(item.getName());
        String text = value == null ? "" : value.toString();
        String label = item.getLabel() + ":";
        String style = String.valueOf(item.getWidgetStyle());
        boolean number = isNumber(item);
        if (item.getType() == ImagePlus.class) {
            addImages(label);
        } else if (item.getChoices() != null && !item.getChoices().isEmpty()) {
            List<?> choices = item.getChoices();
            dialog.addChoice(
                    label, choices.stream().map(Object::toString).toArray(String[]::new), text);
        } else if (number) {
            // Two numbers to a row keep the dialog on the screen.
            if (afterNumber) {
                dialog.addToSameRow();
            }
            boolean whole = Types.box(item.getType()) == Integer.class;
            dialog.addNumericField(label, ((Number) value).doubleValue(), whole ? 0 : 3, 8, "");
        } else if (Types.box(item.getType()) == Boolean.class) {
            dialog.addCheckbox(item.getLabel(), Boolean.TRUE.equals(value));
        } else if (style.startsWith("directory")) {
            dialog.addDirectoryField(label, text, COLUMNS);
        } else if (style.startsWith("open") || style.startsWith("save")) {
            dialog.addFileField(label, text, COLUMNS);
        } else {
            dialog.addStringField(label, text, COLUMNS);
        }
        afterNumber = number && !afterNumber;
    }

    private void addImages(String label) {
        String[] titles = WindowManager.getImageTitles();
        if (titles.length == 0) {
            throw new ImageException("No image is open: open one first.");
        }
        dialog.addChoice(label, titles, WindowManager.getCurrentImage().getTitle());
    }

    private Map<String, String> read(List<ModuleItem<?>> items) {
        // The dialog would record its own labels; a macro needs the command's keys.
        boolean recording = Recorder.record;
        Recorder.record = false;
        Map<String, String> texts = new LinkedHashMap<>();
        for (ModuleItem<?> item : items) {
            String text = read(module.getInfo().getInput(item.getName()));
            if (!text.isBlank()) {
                texts.put(item.getName(), text);
            }
        }
        Recorder.record = recording;
        if (recording) {
            for (ModuleItem<?> item : items) {
                String text = texts.get(item.getName());
                // The image is the active one when the macro runs, too.
                if (text != null && item.getType() != ImagePlus.class && isChanged(item, text)) {
                    Recorder.recordOption(item.getName(), text);
                }
            }
        }
        return texts;
    }

    private String read(ModuleItem<?> item) {
        if (item.getType() == ImagePlus.class
                || item.getChoices() != null && !item.getChoices().isEmpty()) {
            return dialog.getNextChoice();
        }
        if (isNumber(item)) {
            double value = dialog.getNextNumber();
            return Types.box(item.getType()) == Integer.class
                    ? Long.toString(Math.round(value))
                    : Double.toString(value);
        }
        return Types.box(item.getType()) == Boolean.class
                ? Boolean.toString(dialog.getNextBoolean())
                : dialog.getNextString();
    }

    private boolean isChanged(ModuleItem<?> item, String text) {
        return !text.equals(String.valueOf(module.getInput(item.getName())));
    }

    private static boolean isNumber(ModuleItem<?> item) {
        return Number.class.isAssignableFrom(Types.box(item.getType()));
    }
}
