/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.gui.MultiLineLabel;
import ij.plugin.frame.Recorder;
import java.awt.Color;
import java.awt.Component;
import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import org.scijava.ui.UIService;

/**
 * Pages of a command's dialog as dialogs of ImageJ, in Fiji too: they have what SciJava's have not,
 * such as a way back, fields that follow each other, and paths to browse for.
 */
@Plugin(type = Asker.class)
public final class CommandDialog implements Asker {

    /** What the advice at the foot may need. */
    private static final int ADVICE_LINES = 3;

    @Parameter(required = false)
    private UIService ui;

    @Override
    public boolean isThere() {
        return !GraphicsEnvironment.isHeadless()
                && (IJ.getInstance() != null || ui != null && ui.isVisible());
    }

    @Override
    public Answer ask(Question question) {
        if (WindowManager.getImageCount() == 0 && asksForImage(question)) {
            IJ.error(
                    question.title(),
                    "No image is open: open one first (NIfTI, NRRD and others: Open Volume...).");
            return new Cancelled();
        }
        GenericDialog dialog = new GenericDialog(question.title());
        Page page = question.page();
        for (String line : page.introduction().lines().toList()) {
            dialog.addMessage(Explanation.wrap(line));
        }
        if (!question.mistake().isEmpty()) {
            Font bold = new Font(Font.SANS_SERIF, Font.BOLD, 13);
            dialog.addMessage(Explanation.wrap(question.mistake()), bold, new Color(0xb00000));
        }
        List<DialogField> fields = new ArrayList<>();
        for (ModuleItem<?> item : question.items()) {
            fields.add(DialogField.add(dialog, item, question.values().get(item.getName())));
        }
        follow(dialog, page, fields);
        dialog.addHelp(Explanation.page(question.items()));
        if (question.hasBefore()) {
            dialog.enableYesNoCancel("  OK  ", "< Back");
        }
        return show(dialog, fields);
    }

    private static Answer show(GenericDialog dialog, List<DialogField> fields) {
        // The dialog would record its own labels; a macro needs the command's keys.
        boolean recording = Recorder.record;
        Recorder.record = false;
        try {
            dialog.showDialog();
        } finally {
            Recorder.record = recording;
        }
        if (dialog.wasCanceled()) {
            return new Cancelled();
        }
        Map<String, Object> answers = answers(fields);
        return dialog.wasOKed() ? new Given(answers) : new Back(answers);
    }

    /** Has fields and advice follow what the user chooses. */
    private static void follow(GenericDialog dialog, Page page, List<DialogField> fields) {
        boolean advises = !page.advice(answers(fields)).isEmpty();
        MultiLineLabel advice = advises ? addAdvice(dialog) : null;
        Runnable update =
                () -> {
                    fields.forEach(field -> field.follow(page, answers(fields)));
                    if (advice != null) {
                        advice.setText(padded(page.advice(answers(fields))));
                    }
                };
        update.run();
        dialog.addDialogListener(
                (source, event) -> {
                    update.run();
                    return true;
                });
    }

    private static MultiLineLabel addAdvice(GenericDialog dialog) {
        dialog.setInsets(10, 20, 0);
        dialog.addMessage("\u00a0".repeat(90) + "\n ".repeat(ADVICE_LINES - 1));
        Component label = dialog.getMessage();
        return (MultiLineLabel) label;
    }

    private static String padded(String advice) {
        String text = Explanation.wrap(advice);
        long missing = ADVICE_LINES - text.lines().count();
        return text + "\n ".repeat((int) Math.max(0, missing));
    }

    private static boolean asksForImage(Question question) {
        return question.items().stream().anyMatch(item -> item.getType() == ImagePlus.class);
    }

    private static Map<String, Object> answers(List<DialogField> fields) {
        Map<String, Object> answers = new LinkedHashMap<>();
        fields.forEach(field -> answers.put(field.key(), field.value()));
        return answers;
    }
}
