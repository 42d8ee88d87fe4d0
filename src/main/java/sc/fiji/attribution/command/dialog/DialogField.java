/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.gui.MultiLineLabel;
import java.awt.Checkbox;
import java.awt.Choice;
import java.awt.Component;
import java.awt.FlowLayout;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.Panel;
import java.awt.TextField;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.input.Inputs;

/** A field of ImageJ's dialog for an input: a component that fits its type, and what it means. */
final class DialogField {

    private static final int COLUMNS = 32;

    private final ModuleItem<?> item;
    private final Component component;
    private final Component label;
    private List<String> shown = List.of();

    private DialogField(ModuleItem<?> item, Component component, Component label) {
        this.item = item;
        this.component = component;
        this.label = label;
    }

    String key() {
        return item.getName();
    }

    /** Adds a field at the end of a dialog. */
    static DialogField add(GenericDialog dialog, ModuleItem<?> item, Object value) {
        int before = dialog.getComponentCount();
        String text = value == null ? "" : value.toString();
        String name = item.getLabel() + ":";
        if (item.getType() == ImagePlus.class) {
            ImagePlus first = value == null ? WindowManager.getCurrentImage() : (ImagePlus) value;
            if (first != null && WindowManager.getImage(first.getID()) == null) {
                first.show(); // it was read by its path, and only what is open can be chosen
            }
            dialog.addImageChoice(name, first == null ? "" : first.getTitle());
        } else if (!Inputs.choices(item).isEmpty()) {
            dialog.addChoice(name, Inputs.choices(item).toArray(new String[0]), text);
        } else if (Inputs.isFlag(item)) {
            dialog.addCheckbox(item.getLabel(), Boolean.TRUE.equals(value));
        } else if (Inputs.isNumber(item)) {
            dialog.addStringField(name, value instanceof Number n ? Explanation.plain(n) : text, 8);
        } else {
            int columns = Math.max(COLUMNS / 2, item.getColumnCount());
            dialog.addStringField(name, text, PathField.isPath(item) ? COLUMNS : columns);
        }
        Component component = dialog.getComponent(dialog.getComponentCount() - 1);
        DialogField field = new DialogField(item, component, dialog.getComponent(before));
        if (PathField.isPath(item)) {
            wrap(dialog, component, new PathField(item, (TextField) component));
        } else if (item.getType() != ImagePlus.class && !Inputs.isFlag(item)) {
            field.explain(dialog);
        }
        return field;
    }

    /** Beside the field, since ImageJ has no tool tips. */
    private void explain(GenericDialog dialog) {
        String explanation = Explanation.of(item);
        if (!explanation.isEmpty()) {
            Panel both = new Panel(new FlowLayout(FlowLayout.LEFT, 4, 0));
            both.add(new MultiLineLabel(Explanation.wrap(explanation)));
            wrap(dialog, component, both);
        }
    }

    /** Puts a panel where a component was. */
    private static void wrap(GenericDialog dialog, Component component, Panel panel) {
        GridBagConstraints place = ((GridBagLayout) dialog.getLayout()).getConstraints(component);
        dialog.remove(component);
        panel.add(component, 0);
        dialog.add(panel, place);
    }

    /** What it holds now: an image, a flag, or a text. */
    Object value() {
        if (component instanceof Choice choice) {
            String selected = choice.getSelectedItem();
            return item.getType() == ImagePlus.class ? image(selected) : selected;
        }
        return component instanceof Checkbox box
                ? (Object) box.getState()
                : ((TextField) component).getText().strip();
    }

    private static ImagePlus image(String title) {
        return WindowManager.getImage(title);
    }

    /** Follows what the other fields hold. */
    void follow(Page page, Map<String, Object> answers) {
        boolean applies = page.applies(key(), answers);
        component.setEnabled(applies);
        label.setEnabled(applies);
        if (component instanceof Choice choice && item.getType() != ImagePlus.class) {
            List<String> choices = page.choices(item, answers);
            if (!choices.equals(shown)) {
                offer(choice, choices);
            }
            leaveHeading(choice);
        }
    }

    private void offer(Choice choice, List<String> choices) {
        String selected = choice.getSelectedItem();
        choice.removeAll();
        choices.forEach(choice::add);
        choice.select(selected); // stays at the first where it is no choice any more
        shown = new ArrayList<>(choices);
    }

    /** A heading of a group is no choice: the first one under it is. */
    private static void leaveHeading(Choice choice) {
        int selected = choice.getSelectedIndex();
        if (Explanation.isHeading(choice.getSelectedItem())
                && selected + 1 < choice.getItemCount()) {
            choice.select(selected + 1);
        }
    }
}
