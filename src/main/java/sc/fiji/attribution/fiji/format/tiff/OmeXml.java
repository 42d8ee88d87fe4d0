/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import sc.fiji.attribution.fiji.format.LengthUnit;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * An image that the XML of an OME-TIFF describes.
 *
 * @param name of the image
 * @param size channels, slices, frames
 * @param pages of the planes in ImageJ's order: channels, then slices, then frames
 * @param step voxel sizes in {@code unit}; 1 where they are not said
 */
record OmeXml(String name, int[] size, int[] pages, double[] step, String unit, double interval) {

    /** Whether a description is OME's. */
    static boolean isOme(String description) {
        return description.contains("<OME") && description.contains("<Pixels");
    }

    /**
     * All images of a file.
     *
     * @param count of the file's pages
     */
    static List<OmeXml> of(Path file, String xml, int count) {
        List<OmeXml> images = new ArrayList<>();
        for (Element image : children(parse(file, xml), "Image")) {
            List<Element> pixels = children(image, "Pixels");
            if (!pixels.isEmpty()) {
                images.add(image(file, image, pixels.get(0), count, images.size()));
            }
        }
        if (images.isEmpty()) {
            throw Directory.damaged(file, "its OME-XML describes no image");
        }
        return images;
    }

    private static Element parse(Path file, String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            factory.setNamespaceAware(true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            int start = Math.max(0, xml.indexOf('<'));
            return builder.parse(new InputSource(new StringReader(xml.substring(start).strip())))
                    .getDocumentElement();
        } catch (SAXException | IOException e) {
            throw Directory.damaged(file, "its OME-XML is not sound");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OmeXml image(Path file, Element image, Element pixels, int count, int index) {
        int channels = number(file, pixels, "SizeC");
        int slices = number(file, pixels, "SizeZ");
        int frames = number(file, pixels, "SizeT");
        for (Element channel : children(pixels, "Channel")) {
            if (!attribute(channel, "SamplesPerPixel", "1").equals("1")) {
                throw new UnreadKindException(file, "OME-TIFF with several samples per pixel");
            }
        }
        long planes = (long) channels * slices * frames;
        if (planes > count) {
            throw new UnreadKindException(
                    file,
                    "OME-TIFF of " + planes + " planes, of which it has " + count + " itself");
        }
        int[] pages = new int[(int) planes];
        Arrays.fill(pages, -1);
        String order = attribute(pixels, "DimensionOrder", "XYZCT").toUpperCase(Locale.ROOT);
        if (!order.matches("XY(ZCT|ZTC|CZT|CTZ|TZC|TCZ)")) {
            throw Directory.damaged(file, "its OME-XML names the order of axes " + order);
        }
        int[] extents = {channels, slices, frames};
        List<Element> data = children(pixels, "TiffData");
        // One name may be an old one of this file; two are two files.
        long files =
                data.stream()
                        .flatMap(each -> children(each, "UUID").stream())
                        .map(uuid -> attribute(uuid, "FileName", ""))
                        .distinct()
                        .count();
        if (files > 1) {
            throw new UnreadKindException(file, "OME-TIFF of several files");
        }
        for (Element each : data) {
            fill(file, each, order, extents, pages);
        }
        if (data.isEmpty()) {
            for (int i = 0; i < pages.length; i++) {
                pages[plane(order, extents, new int[3], i)] = i;
            }
        }
        for (int page : pages) {
            if (page < 0 || page >= count) {
                throw Directory.damaged(file, "its OME-XML leaves out planes, or has too many");
            }
        }
        String unit = attribute(pixels, "PhysicalSizeXUnit", "µm");
        double[] step = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            String key = "PhysicalSize" + "XYZ".charAt(axis);
            double size = real(attribute(pixels, key, "1"));
            String own = attribute(pixels, key + "Unit", "µm");
            step[axis] = pixels.hasAttribute(key) ? LengthUnit.convert(size, own, unit) : 1;
        }
        String name = attribute(image, "Name", "");
        return new OmeXml(
                name.isBlank() ? "Image " + index : name,
                extents,
                pages,
                step,
                pixels.hasAttribute("PhysicalSizeX") ? unit : "pixel",
                real(attribute(pixels, "TimeIncrement", "0")));
    }

    private static void fill(Path file, Element data, String order, int[] extents, int[] pages) {
        int[] first = {
            whole(file, attribute(data, "FirstC", "0")),
            whole(file, attribute(data, "FirstZ", "0")),
            whole(file, attribute(data, "FirstT", "0"))
        };
        int page = whole(file, attribute(data, "IFD", "0"));
        int otherwise = data.hasAttribute("IFD") ? 1 : pages.length;
        int count = whole(file, attribute(data, "PlaneCount", Integer.toString(otherwise)));
        for (int i = 0; i < Math.min(count, pages.length); i++) {
            int plane = plane(order, extents, first, i);
            if (plane < 0) {
                throw Directory.damaged(file, "its OME-XML has planes beyond its extents");
            }
            pages[plane] = page + i;
        }
    }

    /** Place in ImageJ's order of the plane that comes {@code i} planes after the first. */
    private static int plane(String order, int[] extents, int[] first, int i) {
        int[] at = first.clone();
        int carry = i;
        for (int axis = 2; axis < 5; axis++) {
            int which = "CZT".indexOf(order.charAt(axis));
            int sum = at[which] + carry;
            at[which] = sum % extents[which];
            carry = sum / extents[which];
        }
        return carry > 0 ? -1 : at[0] + extents[0] * (at[1] + extents[1] * at[2]);
    }

    private static int number(Path file, Element element, String name) {
        int number = whole(file, attribute(element, name, "1"));
        if (number < 1) {
            throw Directory.damaged(file, "its OME-XML says " + name + "=" + number);
        }
        return number;
    }

    private static int whole(Path file, String text) {
        if (!text.matches("\\d{1,7}")) {
            throw Directory.damaged(file, "its OME-XML has a number that is none");
        }
        return Integer.parseInt(text);
    }

    private static double real(String text) {
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) && value > 0 ? value : 1;
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    private static String attribute(Element element, String name, String otherwise) {
        return element.hasAttribute(name) ? element.getAttribute(name) : otherwise;
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element && name.equals(element.getLocalName())) {
                found.add(element);
            }
        }
        return found;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OmeXml image
                && name.equals(image.name)
                && Arrays.equals(pages, image.pages);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
