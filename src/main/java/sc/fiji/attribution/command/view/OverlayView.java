/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.view;

import ij.ImagePlus;
import ij.gui.ImageCanvas;
import ij.gui.StackWindow;
import java.awt.BorderLayout;
import java.awt.Choice;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.Label;
import java.awt.Panel;
import java.awt.Scrollbar;
import javax.swing.BoxLayout;
import sc.fiji.attribution.command.host.Placement;
import sc.fiji.attribution.fiji.map.MapDisplay;
import sc.fiji.attribution.fiji.overlay.MapFacts;
import sc.fiji.attribution.fiji.overlay.Overlay;
import sc.fiji.attribution.fiji.overlay.OverlayImage;

/**
 * A map over its image in a window of readable size, at the slice where the map is strongest: what
 * it explains, a scale with unit, and fields for opacity, threshold and an outline. The pixels are
 * those of the image's grid, so that selections and coordinates fit image and map.
 */
public final class OverlayView extends StackWindow {

    private static final long serialVersionUID = 1;

    private final transient Overlay overlay;
    private final ScaleStrip scale;
    private final Scrollbar opacity = new Scrollbar(Scrollbar.HORIZONTAL, 92, 1, 0, 101);
    private final Scrollbar threshold = new Scrollbar(Scrollbar.HORIZONTAL, 0, 1, 0, 101);
    private final Label opacityValue = new Label("92 %    ");
    private final Label thresholdValue = new Label("none             ");
    private final Choice outline = new Choice();
    private final transient double[] quantiles;

    /** Opens a window of an overlay where it hides little. */
    public static void open(Overlay overlay) {
        OverlayView window = new OverlayView(OverlayImage.live(overlay), overlay);
        Zoom.enlarge(window, Zoom.READABLE);
        Placement.place(window);
    }

    private OverlayView(ImagePlus view, Overlay overlay) {
        super(view, new CanvasOverControls(view));
        this.overlay = overlay;
        ImagePlus map = overlay.map();
        this.quantiles = MapDisplay.quantiles(map);
        MapFacts facts = new MapFacts(map);
        this.scale = new ScaleStrip(overlay, facts.unit());
        Panel controls = new Panel();
        controls.setLayout(new BoxLayout(controls, BoxLayout.Y_AXIS));
        int frame = map.getFrame() - 1;
        controls.add(line(facts.heading(frame), Font.BOLD));
        controls.add(line(String.join("   ", facts.facts(frame)), Font.PLAIN));
        controls.add(scale);
        controls.add(row("Opacity", opacity, opacityValue));
        controls.add(row("Hide below", threshold, thresholdValue));
        outline.add(Outlines.NONE);
        Outlines.choices(view).forEach(outline::add);
        Panel last = new Panel(new FlowLayout(FlowLayout.LEFT, 8, 0));
        last.add(new Label("Outline"));
        last.add(outline);
        controls.add(last);
        add(controls);
        opacity.addAdjustmentListener(event -> opacity());
        threshold.addAdjustmentListener(event -> threshold());
        outline.addItemListener(
                event -> Outlines.draw(view, Outlines.named(outline.getSelectedItem())));
        Outlines.draw(view, null);
        updateSliceSelector();
        pack();
    }

    private static Panel line(String text, int style) {
        Panel panel = new Panel(new FlowLayout(FlowLayout.LEFT, 8, 0));
        Label label = new Label(text);
        label.setFont(new Font(Font.SANS_SERIF, style, style == Font.BOLD ? 14 : 12));
        panel.add(label);
        return panel;
    }

    private static Panel row(String name, Scrollbar bar, Label value) {
        Panel panel = new Panel(new BorderLayout(8, 0));
        Label label = new Label("  " + name);
        label.setPreferredSize(new Dimension(90, 20));
        panel.add(label, BorderLayout.WEST);
        panel.add(bar, BorderLayout.CENTER);
        value.setPreferredSize(new Dimension(150, 20));
        panel.add(value, BorderLayout.EAST);
        return panel;
    }

    /** A canvas whose window may be lower than the controls, for a moment or by the user's hand. */
    private static final class CanvasOverControls extends ImageCanvas {

        private static final long serialVersionUID = 1;

        CanvasOverControls(ImagePlus view) {
            super(view);
        }

        @Override
        public void paint(Graphics graphics) {
            if (srcRect.width > 0 && srcRect.height > 0) {
                super.paint(graphics);
            }
        }
    }

    private void opacity() {
        overlay.opacity(opacity.getValue() / 100.0);
        opacityValue.setText(opacity.getValue() + " %");
        again();
    }

    private void threshold() {
        int percentile = threshold.getValue();
        double limit = percentile == 0 ? 0 : quantiles[percentile];
        overlay.threshold(limit);
        thresholdValue.setText(
                percentile == 0
                        ? "none"
                        : Overlay.number(limit) + " (percentile " + percentile + ")");
        again();
    }

    private void again() {
        imp.updateVirtualSlice();
        scale.repaint();
    }
}
