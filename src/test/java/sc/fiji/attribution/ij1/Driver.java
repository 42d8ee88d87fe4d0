/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.gui.MultiLineLabel;
import ij.measure.ResultsTable;
import ij.plugin.frame.Recorder;
import java.awt.AWTException;
import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Choice;
import java.awt.Component;
import java.awt.Container;
import java.awt.Dialog;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.Label;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.TextComponent;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.ActionEvent;
import java.awt.event.KeyEvent;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * Sits before ImageJ as a user would: a script of lines, each an action.
 *
 * <pre>
 * open FILE               opens an image
 * record                  opens the Recorder
 * command LABEL           chooses it in the menu
 * set LABEL=VALUE         fills in a field of the dialog that is open
 * ok                      presses OK, and waits until that dialog is gone
 * cancel                  presses Cancel
 * expect TEXT             fails unless the dialog that is open shows the text
 * field LABEL=VALUE       fails unless the dialog has a field with that value
 * absent LABEL            fails if the dialog has such a field
 * escape                  presses Escape in ImageJ once it shows progress
 * end                     waits for the command to end
 * save FILE               saves the active image as TIFF, and closes it
 * table TITLE=FILE        saves the table of that title
 * select TITLE            makes that image the active one
 * images N                fails unless as many images are open
 * recorded FILE           saves what the Recorder wrote
 * picture FILE            takes a picture of the screen
 * size TITLE=300x200      makes that window as wide and high, on the screen
 * shot TITLE=FILE         takes a picture of the window whose title begins so, or of the dialog
 * </pre>
 */
public final class Driver {

    private static final long LIMIT_MILLIS = 60_000;

    private String command;

    private Driver() {}

    /**
     * @param arguments the file with the script
     */
    public static void main(String[] arguments) throws Exception {
        new ImageJ();
        Driver driver = new Driver();
        int number = 0;
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            number++;
            try {
                driver.act(line.strip());
            } catch (RuntimeException | AssertionError e) {
                System.out.printf(
                        "At line %d, '%s' of %s, status %s%n",
                        number, line, driver.command, statusLine());
                System.out.println("Open: " + Arrays.toString(Window.getWindows()));
                e.printStackTrace(System.out);
                System.exit(1);
            }
        }
        System.exit(0);
    }

    private void act(String line) throws IOException, InterruptedException, AWTException {
        int blank = line.indexOf(' ');
        String rest = blank < 0 ? "" : line.substring(blank + 1);
        String[] pair = rest.split("=", 2);
        switch (blank < 0 ? line : line.substring(0, blank)) {
            case "open" -> IJ.open(rest);
            case "record" -> new Recorder();
            case "command" -> {
                Thread.sleep(100);
                command = rest;
                IJ.doCommand(rest);
            }
            case "set" -> set(field(pair[0]), pair[1]);
            case "ok" -> press(0);
            case "cancel" -> press(1);
            case "expect" -> require(texts(dialog()).contains(rest), texts(dialog()));
            case "field" -> require(pair[1].equals(value(field(pair[0]))), value(field(pair[0])));
            case "absent" -> require(find(dialog(), rest) == null, rest + " is there");
            case "escape" -> {
                await("progress", () -> statusLine().contains("Integrated Gradients"));
                ImageJ window = IJ.getInstance();
                window.keyPressed(
                        new KeyEvent(
                                window,
                                KeyEvent.KEY_PRESSED,
                                System.currentTimeMillis(),
                                0,
                                KeyEvent.VK_ESCAPE,
                                KeyEvent.CHAR_UNDEFINED));
            }
            case "end" -> awaitEnd();
            case "save" -> {
                ImagePlus image = WindowManager.getCurrentImage();
                IJ.saveAsTiff(image, rest);
                image.changes = false;
                image.close();
            }
            case "table" -> ResultsTable.getResultsTable(pair[0]).saveAs(pair[1]);
            case "select" -> IJ.selectWindow(rest);
            case "images" ->
                    require(
                            WindowManager.getImageCount() == Integer.parseInt(rest),
                            "" + WindowManager.getImageCount());
            case "recorded" -> Files.writeString(Path.of(rest), Recorder.getInstance().getText());
            case "picture" -> {
                Thread.sleep(700);
                Rectangle screen = new Rectangle(Toolkit.getDefaultToolkit().getScreenSize());
                ImageIO.write(new Robot().createScreenCapture(screen), "png", new File(rest));
            }
            case "shot" -> {
                Window window = await("window " + pair[0], () -> window(pair[0]));
                window.toFront();
                window.repaint();
                Thread.sleep(3000);
                ImageIO.write(
                        new Robot().createScreenCapture(window.getBounds()),
                        "png",
                        new File(pair[1]));
            }
            case "size" -> {
                Window window = await("window " + pair[0], () -> window(pair[0]));
                String[] size = pair[1].split("x");
                window.setSize(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
                int room = Toolkit.getDefaultToolkit().getScreenSize().width - window.getWidth();
                window.setLocation(Math.max(0, Math.min(window.getX(), room)), window.getY());
                window.validate();
                Thread.sleep(900);
            }
            case "" -> {}
            default -> throw new IllegalArgumentException(line);
        }
    }

    /** The last of them. */
    private static Window window(String title) {
        Window found = null;
        for (Window window : Window.getWindows()) {
            String its =
                    window instanceof Frame frame
                            ? frame.getTitle()
                            : window instanceof Dialog dialog ? dialog.getTitle() : null;
            found = window.isShowing() && its != null && its.startsWith(title) ? window : found;
        }
        return found;
    }

    private static String statusLine() {
        return ImageJ.getStatusBarText();
    }

    private static void require(boolean condition, String found) {
        if (!condition) {
            throw new AssertionError("found: " + found);
        }
    }

    private static <T> T await(String what, Supplier<T> found) {
        long end = System.currentTimeMillis() + LIMIT_MILLIS;
        while (System.currentTimeMillis() < end) {
            T value = found.get();
            if (value != null && !Boolean.FALSE.equals(value)) {
                return value;
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError("no " + what);
    }

    private static GenericDialog dialog() {
        return await("dialog", Driver::openDialog);
    }

    private static GenericDialog openDialog() {
        for (Window window : Window.getWindows()) {
            if (window instanceof GenericDialog dialog && dialog.isShowing()) {
                return dialog;
            }
        }
        return null;
    }

    private static void press(int button) {
        GenericDialog dialog = dialog();
        Button pressed = dialog.getButtons()[button];
        // As a user's click: later than the command waits for it, or AWT lets it wait for ever.
        await("one who waits for the dialog", Driver::isAwaited);
        EventQueue.invokeLater(
                () ->
                        dialog.actionPerformed(
                                new ActionEvent(pressed, ActionEvent.ACTION_PERFORMED, "")));
        await("end of the dialog", () -> !dialog.isShowing());
    }

    /** Whether some thread has come to the end of showing a modal dialog. */
    private static boolean isAwaited() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getState() == Thread.State.WAITING)
                .flatMap(thread -> Arrays.stream(thread.getValue()))
                .anyMatch(
                        frame ->
                                frame.getClassName().equals("java.awt.WaitDispatchSupport")
                                        && frame.getMethodName().equals("enter"));
    }

    /** Commands end with all that the menu does for them, such as writing the recorder's line. */
    private void awaitEnd() throws InterruptedException {
        await(
                "end of " + command,
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().equals(command)));
        Thread.sleep(200);
    }

    private static Component field(String label) {
        return await("field " + label, () -> find(dialog(), label));
    }

    /** The field behind that label. */
    private static Component find(Container dialog, String label) {
        boolean next = false;
        for (Component component : leaves(dialog, new ArrayList<>())) {
            if (component instanceof Checkbox box && box.getLabel().strip().equals(label)) {
                return box;
            }
            if (next && (component instanceof TextComponent || component instanceof Choice)) {
                return component;
            }
            if (component instanceof Label text) {
                next = text.getText().strip().equals(label + ":");
            }
        }
        return null;
    }

    private static List<Component> leaves(Container container, List<Component> leaves) {
        for (Component component : container.getComponents()) {
            leaves.add(component);
            if (component instanceof Container inner) {
                leaves(inner, leaves);
            }
        }
        return leaves;
    }

    private static void set(Component field, String value) {
        if (field instanceof Choice choice) {
            choice.select(value);
            require(choice.getSelectedItem().equals(value), choice.getSelectedItem());
        } else if (field instanceof Checkbox box) {
            box.setState(Boolean.parseBoolean(value));
        } else {
            ((TextComponent) field).setText(value);
        }
    }

    private static String value(Component field) {
        if (field instanceof Choice choice) {
            return choice.getSelectedItem();
        }
        return field instanceof Checkbox box
                ? "" + box.getState()
                : ((TextComponent) field).getText();
    }

    private static String lines(MultiLineLabel label) {
        try {
            Field lines = MultiLineLabel.class.getDeclaredField("lines");
            lines.setAccessible(true);
            return String.join(" ", (String[]) lines.get(label));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String texts(Container dialog) {
        StringBuilder texts = new StringBuilder();
        for (Component component : leaves(dialog, new ArrayList<>())) {
            if (component instanceof Label label) {
                texts.append(label.getText()).append(' ');
            } else if (component.getClass().getSimpleName().equals("MultiLineLabel")) {
                texts.append(lines((MultiLineLabel) component)).append(' ');
            }
        }
        return texts.toString().replaceAll("\\s+", " ");
    }
}
