/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.gui.MultiLineLabel;
import ij.plugin.frame.Recorder;
import java.awt.Color;
import java.awt.Component;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.Panel;
import java.awt.TextField;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.scijava.module.ModuleItem;
import org.scijava.util.Types;
import sc.fiji.attribution.command.Asker;

/** Pages of a command's dialog as dialogs of ImageJ, with a field for each input. */
final class CommandDialog implements Asker {

    private static final int COLUMNS = 32;
    private static final int LINE = 70;

    @Override
    public Optional<Map<String, Object>> ask(Question question) {
        if (WindowManager.getImageCount() == 0 && asksForImage(question)) {
            IJ.error(question.title(), "No image is open: open one first.");
            return Optional.empty();
        }
        GenericDialog dialog = new GenericDialog(question.title());
        if (!question.introduction().isEmpty()) {
            dialog.addMessage(wrap(question.introduction()));
        }
        if (!question.mistake().isEmpty()) {
            Font bold = new Font(Font.SANS_SERIF, Font.BOLD, 13);
            dialog.addMessage(wrap(question.mistake()), bold, new Color(0xb00000));
        }
        for (ModuleItem<?> item : question.items()) {
            add(dialog, item, question.values().get(item.getName()));
        }
        dialog.addHelp(help(question.items()));
        // The dialog would record its own labels; a macro needs the command's keys.
        boolean recording = Recorder.record;
        Recorder.record = false;
        try {
            dialog.showDialog();
            return dialog.wasCanceled() ? Optional.empty() : Optional.of(read(dialog, question));
        } finally {
            Recorder.record = recording;
        }
    }

    private static void add(GenericDialog dialog, ModuleItem<?> item, Object value) {
        String text = value == null ? "" : value.toString();
        String label = item.getLabel() + ":";
        String style = String.valueOf(item.getWidgetStyle());
        if (item.getType() == ImagePlus.class) {
            addImages(dialog, label, (ImagePlus) value);
        } else if (isChoice(item)) {
            String[] choices =
                    item.getChoices().stream().map(Object::toString).toArray(String[]::new);
            dialog.addChoice(label, choices, text);
            explain(dialog, item);
        } else if (isNumber(item)) {
            dialog.addNumericField(label, 0, 0, 8, "");
            // As it was typed, also where it is no number.
            number(dialog, dialog.getNumericFields().size() - 1)
                    .setText(value instanceof Number n ? plain(n) : text);
            explain(dialog, item);
        } else if (Types.box(item.getType()) == Boolean.class) {
            dialog.addCheckbox(item.getLabel(), Boolean.TRUE.equals(value));
        } else if (style.startsWith("directory")) {
            dialog.addDirectoryField(label, text, COLUMNS);
        } else if (style.startsWith("open") || style.startsWith("save")) {
            dialog.addFileField(label, text, COLUMNS);
        } else {
            dialog.addStringField(label, text, COLUMNS / 2);
            explain(dialog, item);
        }
    }

    private static boolean asksForImage(Question question) {
        return question.items().stream().anyMatch(item -> item.getType() == ImagePlus.class);
    }

    private static void addImages(GenericDialog dialog, String label, ImagePlus image) {
        ImagePlus first = image == null ? WindowManager.getCurrentImage() : image;
        dialog.addImageChoice(label, first.getTitle());
    }

    private static Map<String, Object> read(GenericDialog dialog, Question question) {
        Map<String, Object> answers = new LinkedHashMap<>();
        int numbers = 0;
        for (ModuleItem<?> item : question.items()) {
            Object answer;
            if (item.getType() == ImagePlus.class) {
                answer = dialog.getNextImage();
            } else if (isChoice(item)) {
                answer = dialog.getNextChoice();
            } else if (isNumber(item)) {
                answer = number(dialog, numbers++).getText().strip();
            } else if (Types.box(item.getType()) == Boolean.class) {
                answer = dialog.getNextBoolean();
            } else {
                // ImageJ ends a folder's name with a slash; a model may be a file, too.
                answer = dialog.getNextString().replaceFirst("(?<=.)[/\\\\]$", "");
            }
            answers.put(item.getName(), answer);
        }
        return answers;
    }

    private static TextField number(GenericDialog dialog, int index) {
        return (TextField) dialog.getNumericFields().get(index);
    }

    /** A table of what each field means, and of its key in macros. */
    private static String help(List<ModuleItem<?>> items) {
        StringBuilder help = new StringBuilder("<html><table cellpadding=3>");
        for (ModuleItem<?> item : items) {
            String description = item.getDescription();
            help.append("<tr><td valign=top><b>").append(item.getLabel()).append("</b></td>");
            help.append("<td>").append(description == null ? "" : escape(description));
            help.append("</td><td valign=top><code>").append(item.getName());
            help.append("</code></td></tr>");
        }
        return help.append("</table></html>").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    /** Beside the field just added, since ImageJ has no tool tips. */
    private static void explain(GenericDialog dialog, ModuleItem<?> item) {
        String explanation = explanation(item);
        if (!explanation.isEmpty()) {
            Component field = dialog.getComponent(dialog.getComponentCount() - 1);
            GridBagConstraints place = ((GridBagLayout) dialog.getLayout()).getConstraints(field);
            Panel both = new Panel(new FlowLayout(FlowLayout.LEFT, 4, 0));
            dialog.remove(field);
            both.add(field);
            both.add(new MultiLineLabel(wrap(explanation)));
            dialog.add(both, place);
        }
    }

    /** For example {@code "gradients along the path (1 to 100000)"}. */
    private static String explanation(ModuleItem<?> item) {
        String description = item.getDescription() == null ? "" : item.getDescription();
        String range = isNumber(item) ? range(item) : "";
        // Spaces that do not break keep it on a line of its own.
        return range.isEmpty()
                ? description
                : (description + " (" + range.replace(' ', '\u00a0') + ")").strip();
    }

    /** Bounds that nobody reaches are not worth reading. */
    private static String range(ModuleItem<?> item) {
        Number min = (Number) item.getMinimumValue();
        Number max = (Number) item.getMaximumValue();
        boolean wide = max == null || max.doubleValue() > 1e6;
        if (min == null || wide && min.doubleValue() < -1e6) {
            return "";
        }
        return wide ? plain(min) + " or more" : plain(min) + " to " + plain(max);
    }

    /** 4 instead of 4.0, and no exponents. */
    static String plain(Number number) {
        return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }

    private static String wrap(String text) {
        return text.replaceAll("(.{1," + LINE + "})(\\s+|$)", "$1\n").strip();
    }

    private static boolean isChoice(ModuleItem<?> item) {
        return item.getChoices() != null && !item.getChoices().isEmpty();
    }

    private static boolean isNumber(ModuleItem<?> item) {
        return Number.class.isAssignableFrom(Types.box(item.getType()));
    }
}
