/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import ij.WindowManager;
import java.awt.Button;
import java.awt.Choice;
import java.awt.FlowLayout;
import java.awt.Panel;
import java.awt.TextField;
import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.UnsupportedFlavorException;
import java.awt.dnd.DnDConstants;
import java.awt.dnd.DropTarget;
import java.awt.dnd.DropTargetAdapter;
import java.awt.dnd.DropTargetDropEvent;
import java.io.File;
import java.io.IOException;
import java.util.List;
import javax.swing.JFileChooser;
import org.scijava.module.ModuleItem;

/**
 * What stands beside a field for a path: to be typed, dropped, or chosen. What it looks for is the
 * style of the input: {@code open} a file or a folder, {@code directory} a folder, {@code save} a
 * new file.
 */
final class PathField extends Panel {

    private static final long serialVersionUID = 1L;

    PathField(ModuleItem<?> item, TextField text) {
        super(new FlowLayout(FlowLayout.LEFT, 4, 0));
        Button browse = new Button("Browse...");
        browse.addActionListener(event -> browse(text, item));
        add(browse);
        List<String> open = offersImages(item) ? titles() : List.of();
        if (!open.isEmpty()) {
            add(chooser(open, text));
        }
        new DropTarget(text, new Drop(text));
    }

    /** Whether it may be an open image as well: {@code open,image}. */
    private static boolean offersImages(ModuleItem<?> item) {
        return item.getWidgetStyle() != null && item.getWidgetStyle().endsWith(",image");
    }

    private static List<String> titles() {
        String[] titles = WindowManager.getImageTitles();
        return titles == null ? List.of() : List.of(titles);
    }

    /** Takes the title of an open image into the field. */
    private static Choice chooser(List<String> titles, TextField text) {
        Choice chooser = new Choice();
        chooser.add("Open image");
        titles.forEach(chooser::add);
        chooser.addItemListener(
                event -> {
                    if (chooser.getSelectedIndex() > 0) {
                        text.setText(chooser.getSelectedItem());
                    }
                });
        return chooser;
    }

    static boolean isPath(ModuleItem<?> item) {
        return item.getType() == String.class && !style(item).isEmpty();
    }

    private static String style(ModuleItem<?> item) {
        String all = item.getWidgetStyle() == null ? "" : item.getWidgetStyle();
        String style = all.replaceFirst(",.*", "");
        return List.of("open", "directory", "save").contains(style) ? style : "";
    }

    private void browse(TextField text, ModuleItem<?> item) {
        JFileChooser chooser = new JFileChooser(text.getText().isBlank() ? null : text.getText());
        chooser.setDialogTitle(item.getLabel());
        if (!text.getText().isBlank()) {
            chooser.setSelectedFile(new File(text.getText().strip()));
        }
        chooser.setFileSelectionMode(
                switch (style(item)) {
                    case "directory" -> JFileChooser.DIRECTORIES_ONLY;
                    case "open" -> JFileChooser.FILES_AND_DIRECTORIES;
                    default -> JFileChooser.FILES_ONLY;
                });
        int answer =
                style(item).equals("save")
                        ? chooser.showSaveDialog(this)
                        : chooser.showOpenDialog(this);
        if (answer == JFileChooser.APPROVE_OPTION) {
            text.setText(chooser.getSelectedFile().getPath());
        }
    }

    /** Takes the first of the files that are dropped. */
    private static final class Drop extends DropTargetAdapter {

        private final TextField text;

        Drop(TextField text) {
            this.text = text;
        }

        @Override
        public void drop(DropTargetDropEvent event) {
            boolean done = false;
            if (event.isDataFlavorSupported(DataFlavor.javaFileListFlavor)) {
                event.acceptDrop(DnDConstants.ACTION_COPY);
                try {
                    Object files =
                            event.getTransferable().getTransferData(DataFlavor.javaFileListFlavor);
                    text.setText(((List<?>) files).get(0).toString());
                    done = true;
                } catch (IOException | UnsupportedFlavorException e) {
                    done = false; // the sender took it back
                }
            } else {
                event.rejectDrop();
            }
            event.dropComplete(done);
        }
    }
}
