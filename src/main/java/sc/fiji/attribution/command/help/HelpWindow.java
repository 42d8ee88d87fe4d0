/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.help;

import ij.WindowManager;
import ij.plugin.BrowserLauncher;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.swing.JButton;
import javax.swing.JEditorPane;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.SwingUtilities;
import javax.swing.event.HyperlinkEvent;
import javax.swing.text.html.HTMLDocument;
import javax.swing.text.html.HTMLEditorKit;
import javax.swing.text.html.StyleSheet;

/** Shows pages of the manual, with links between them and a way back. Needs a display. */
public final class HelpWindow {

    private static final String[] STYLE = {
        "body { font-family: SansSerif; font-size: 13pt; margin: 16px; color: #202124;"
                + " background-color: #ffffff }",
        "h1 { font-size: 20pt; margin-top: 4px }",
        "h2 { font-size: 16pt; margin-top: 20px }",
        "h3 { font-size: 14pt; margin-top: 16px }",
        "code { font-family: Monospaced; font-size: 12pt }",
        "pre { font-family: Monospaced; font-size: 12pt; background-color: #f1f3f4;"
                + " padding: 8px }",
        "th { text-align: left; background-color: #f1f3f4 }",
        "a { color: #1a56b0 }"
    };

    private final JFrame frame = new JFrame("Attribution Help");
    private final JEditorPane text = new JEditorPane();
    private final JButton back = new JButton("Back");
    private final JButton contents = new JButton("Contents");
    private final Deque<String> before = new ArrayDeque<>();
    private String shown;

    private HelpWindow() {
        HTMLEditorKit kit = new HTMLEditorKit();
        StyleSheet style = new StyleSheet();
        style.addStyleSheet(kit.getStyleSheet());
        for (String rule : STYLE) {
            style.addRule(rule);
        }
        kit.setStyleSheet(style);
        text.setEditorKit(kit);
        text.setEditable(false);
        text.addHyperlinkListener(this::follow);
        back.addActionListener(event -> show(before.pop()));
        contents.addActionListener(event -> open(Manual.FIRST, ""));
        JPanel buttons = new JPanel(new FlowLayout(FlowLayout.LEFT));
        buttons.add(back);
        buttons.add(contents);
        frame.add(buttons, BorderLayout.NORTH);
        frame.add(new JScrollPane(text));
        Dimension screen = frame.getToolkit().getScreenSize();
        frame.setSize(Math.min(1060, screen.width - 60), Math.min(800, screen.height - 100));
        frame.setLocationByPlatform(true);
    }

    /** Opens a window at a page; see {@link Manual}. */
    public static void open(String page) {
        SwingUtilities.invokeLater(
                () -> {
                    HelpWindow window = new HelpWindow();
                    window.show(page);
                    window.frame.setVisible(true);
                    WindowManager.addWindow(window.frame);
                });
    }

    private void open(String page, String anchor) {
        if (!page.equals(shown)) {
            before.push(shown);
            show(page);
        }
        if (!anchor.isEmpty()) {
            // Once the page is laid out.
            SwingUtilities.invokeLater(() -> text.scrollToReference(anchor));
        }
    }

    private void show(String page) {
        text.setText("");
        ((HTMLDocument) text.getDocument()).setBase(Manual.url(page));
        text.setText(HelpPage.html(page));
        text.setCaretPosition(0);
        shown = page;
        back.setEnabled(!before.isEmpty());
        contents.setEnabled(!page.equals(Manual.FIRST));
    }

    private void follow(HyperlinkEvent event) {
        if (event.getEventType() == HyperlinkEvent.EventType.ACTIVATED) {
            String[] link = event.getDescription().split("#", 2);
            String anchor = link.length > 1 ? link[1] : "";
            if (event.getDescription().startsWith("http")) {
                BrowserLauncher.open(event.getDescription());
            } else if (link[0].isEmpty()) {
                open(shown, anchor);
            } else {
                Manual.resolve(shown, link[0])
                        .filter(page -> page.endsWith(".md"))
                        .ifPresent(page -> open(page, anchor));
            }
        }
    }
}
