/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.PictureFile;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.overlay.PlaneView.Convention;

/**
 * A picture for documents: the anatomy in grey, the map over it in colour, more opaque the larger
 * the absolute value, and a colour bar with range and unit. A volume shows three planes through the
 * voxel where the map is strongest, and the slices in which it is strongest, seen as in the clinic
 * where the image says how it lies in the body, else as stored. Pixels that are not square are
 * drawn in proportion. Draws into memory only, so it needs no display.
 *
 * <pre>{@code
 * BufferedImage picture = OverlayPicture.of(Overlay.of(brain, map)).slices(8).draw();
 * }</pre>
 */
public final class OverlayPicture {

    private static final Color BACKGROUND = new Color(0x0e0f12);
    private static final Color TEXT = new Color(0xe6e6e6);
    private static final Color FAINT_TEXT = new Color(0xb4b7bd);
    private static final int GAP = 6;
    private static final int MARGIN = 16;

    /** Width of a slice that is easy to see, in screen pixels. */
    private static final int EASY = 180;

    private final Overlay overlay;
    private int slices = 8;
    private int columns;
    private int frame;
    private int zoom;
    private boolean planes = true;
    private Convention convention = Convention.RADIOLOGICAL;
    private String caption = "";
    private boolean argues = true;

    private OverlayPicture(Overlay overlay) {
        this.overlay = overlay;
    }

    /** A picture of what the overlay shows. */
    public static OverlayPicture of(Overlay overlay) {
        return new OverlayPicture(overlay);
    }

    /** How many slices to show at most; default 8. */
    public OverlayPicture slices(int slices) {
        this.slices = positive("slices", slices);
        return this;
    }

    /** Slices in a row; by default what makes the picture about half as wide again as high. */
    public OverlayPicture columns(int columns) {
        this.columns = positive("columns", columns);
        return this;
    }

    /** Time point of both images, from 0 (the default); a map of one time point shows that. */
    public OverlayPicture frame(int frame) {
        this.frame = frame;
        return this;
    }

    /** Screen pixels per image pixel along x; by default as many as make a slice easy to see. */
    public OverlayPicture zoom(int zoom) {
        this.zoom = positive("zoom", zoom);
        return this;
    }

    /** Whether to show three planes through the peak of a volume; by default they are. */
    public OverlayPicture planes(boolean planes) {
        this.planes = planes;
        return this;
    }

    /**
     * What lies left in the picture.
     *
     * @param name {@code radiological} (the patient's right, the default) or {@code neurological}
     */
    public OverlayPicture convention(String name) {
        for (Convention each : Convention.values()) {
            if (each.name().equalsIgnoreCase(name.strip())) {
                this.convention = each;
                return this;
            }
        }
        throw new OptionException(
                "convention='" + name + "': expected radiological or neurological.");
    }

    /** Whether values argue for or against a class, as by default; activations do not. */
    public OverlayPicture argues(boolean argues) {
        this.argues = argues;
        return this;
    }

    /** A line above the slices; by default what the map says of itself. */
    public OverlayPicture caption(String caption) {
        this.caption = caption;
        return this;
    }

    /**
     * Saves the picture as PNG, wholly or not at all.
     *
     * @throws ImageException if the path cannot be written or does not end in .png
     */
    public void save(String path) {
        PictureFile.save(draw(), path);
    }

    /** Draws the picture. */
    public BufferedImage draw() {
        return new Drawing().draw();
    }

    /** A picture in the making. */
    private final class Drawing {

        private final ImagePlus image = overlay.image();
        private final OverlayVolume volume = OverlayVolume.of(overlay, frame);
        private final OverlayColours colours = overlay.colours();
        private final Optional<BodyAxes> body = BodyAxes.of(image);
        private final List<PlaneView> views = PlaneView.of(body, convention);
        private final PlaneView axial = views.get(0);
        private final boolean flat = volume.size()[axial.through()] == 1;
        private final int[] shown = volume.strongest(axial.through(), slices);
        private final MapFacts facts = new MapFacts(overlay.map());
        private final String heading = caption.isEmpty() ? facts.heading(frame) : caption;
        private final double scale =
                zoom > 0
                        ? zoom
                        : Math.max(1, Math.round((float) EASY / volume.pixels(axial.right(), 1)));
        private final int width = volume.pixels(axial.right(), scale);
        private final int height = volume.pixels(axial.down(), scale);
        private final int perRow =
                columns > 0
                        ? Math.min(columns, shown.length)
                        : OverlayPicture.columns(shown.length, width, height);
        private final int rows = (shown.length + perRow - 1) / perRow;
        private final int wide = perRow * (width + GAP) - GAP;
        private final boolean withPlanes = planes && !flat;
        private final double planeScale = withPlanes ? planeScale() : 0;
        private final int fontSize = Math.max(12, Math.min(18, height / 14));
        private PlaneMarks marks;

        /** Three planes beside each other are as wide as the slices, but not too large. */
        private double planeScale() {
            double one = 0;
            double high = 0;
            for (PlaneView view : views) {
                one += volume.pixels(view.right(), 100) / 100.0;
                high = Math.max(high, volume.pixels(view.down(), 100) / 100.0);
            }
            return Math.min((Math.max(wide, 2 * EASY) - 2.0 * GAP) / one, 2.2 * height / high);
        }

        BufferedImage draw() {
            String line = String.join("   ", facts.facts(frame));
            String note = note();
            int top = MARGIN + fontSize * 2 + (line.isEmpty() ? 0 : fontSize * 3 / 2);
            int high = 0;
            int planesWide = -GAP;
            for (PlaneView view : withPlanes ? views : List.<PlaneView>of()) {
                high = Math.max(high, volume.pixels(view.down(), planeScale));
                planesWide += volume.pixels(view.right(), planeScale) + GAP;
            }
            int middle = high == 0 ? 0 : high + 2 * GAP;
            int montage = rows * (height + GAP) - GAP;
            int column = Math.max(middle + montage, ColourBar.leastHeight(fontSize));
            int bar = MARGIN + Math.max(wide, planesWide) + MARGIN;
            int words =
                    Math.max(
                            Lettering.headingWidth(heading, fontSize),
                            Math.max(
                                    Lettering.plainWidth(line, fontSize),
                                    Lettering.plainWidth(note, fontSize)));
            ColourBar colourBar = new ColourBar(colours, facts.unit(), argues);
            int bottom = note.isEmpty() ? 0 : fontSize * 2;
            BufferedImage picture =
                    new BufferedImage(
                            Math.max(bar + colourBar.width(fontSize), MARGIN + words) + MARGIN,
                            top + column + bottom + MARGIN,
                            BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = picture.createGraphics();
            graphics.setColor(BACKGROUND);
            graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
            Lettering lettering = new Lettering(graphics, fontSize);
            marks = new PlaneMarks(lettering);
            lettering.heading(heading, MARGIN, MARGIN + fontSize, TEXT);
            lettering.plain(line, MARGIN, MARGIN + fontSize * 5 / 2, FAINT_TEXT);
            if (withPlanes) {
                planes(graphics, top);
            }
            int from = top + (high == 0 ? (column - montage) / 2 : middle);
            for (int i = 0; i < shown.length; i++) {
                int x = MARGIN + i % perRow * (width + GAP);
                int y = from + i / perRow * (height + GAP);
                graphics.drawImage(volume.draw(axial, shown[i], scale, colours), x, y, null);
                if (!flat) {
                    marks.place(place(axial.through(), shown[i]), x, y + height);
                    marks.sides(axial, new Rectangle(x, y, width, height));
                }
            }
            lettering.plain(note, MARGIN, top + column + fontSize * 7 / 4, FAINT_TEXT);
            colourBar.draw(lettering, bar, top, column);
            graphics.dispose();
            return picture;
        }

        /** Three planes through the peak. */
        private void planes(Graphics2D graphics, int top) {
            int[] peak = volume.peak();
            int x = MARGIN;
            for (PlaneView view : views) {
                int position = peak[view.through()];
                int w = volume.pixels(view.right(), planeScale);
                int h = volume.pixels(view.down(), planeScale);
                graphics.drawImage(volume.draw(view, position, planeScale, colours), x, top, null);
                int across =
                        x
                                + (int)
                                        (w
                                                * volume.place(
                                                        view.right(),
                                                        view.mirrored(),
                                                        peak[view.right()]));
                int along =
                        top
                                + (int)
                                        (h
                                                * volume.place(
                                                        view.down(),
                                                        view.upsideDown(),
                                                        peak[view.down()]));
                if (volume.value(peak) != 0) {
                    marks.cross(across, along, new Rectangle(x, top, w, h));
                }
                marks.place(place(view.through(), position), x, top + h);
                marks.sides(view, new Rectangle(x, top, w, h));
                x += w + GAP;
            }
        }

        /** Where a plane lies: in the body, or which one it is. */
        private String place(int axis, int position) {
            Calibration calibration = image.getCalibration();
            if (body.isEmpty()) {
                return "xyz".charAt(axis) + " " + (position + 1) + " of " + volume.size()[axis];
            }
            int world = 0;
            while (body.get().axis()[world] != axis) {
                world++;
            }
            return ImageGeometry.of(image)
                    .affine()
                    .plane(volume.size(), axis, position, world, calibration.getUnit());
        }

        /** How to read it: which slices these are, and what lies where. */
        private String note() {
            if (flat) {
                return "";
            }
            double[] strength = volume.strength(axial.through());
            double all = Arrays.stream(strength).sum();
            double part = Arrays.stream(shown).mapToDouble(i -> strength[i]).sum();
            String share =
                    all > 0
                            ? String.format(
                                    Locale.ROOT, ", with %.0f %% of |map|", 100 * part / all)
                            : "";
            String side =
                    body.isEmpty()
                            ? "; orientation unknown"
                            : convention == Convention.RADIOLOGICAL
                                    ? "; the patient's right is on the left"
                                    : "; the patient's left is on the left";
            return (withPlanes ? "Planes through the peak; " : "")
                    + shown.length
                    + " of "
                    + strength.length
                    + " slices"
                    + share
                    + side
                    + ".";
        }
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new OptionException(option + ": " + value + " is not at least 1.");
        }
        return value;
    }

    private static int columns(int count, int width, int height) {
        int best = 1;
        double off = Double.MAX_VALUE;
        for (int n = 1; n <= count; n++) {
            int rows = (count + n - 1) / n;
            // Empty places in the last row count against a layout.
            double aspect = Math.abs(Math.log((double) n * width / (rows * height) / 1.5));
            double score = aspect + 0.3 * (rows * n - count);
            if (score < off) {
                off = score;
                best = n;
            }
        }
        return best;
    }
}
