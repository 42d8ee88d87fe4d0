/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import sc.fiji.attribution.core.OptionException;

/**
 * Names of an atlas' labels, from the files that people have: FSL's XML, whose index is one less
 * than the label of the image; text lines of {@code index name}; ITK-SNAP's label descriptions;
 * FreeSurfer's lookup table; BIDS' TSV with {@code index} and {@code name}.
 */
public final class AtlasNames {

    private static final Pattern SNAP =
            Pattern.compile("\\s*(\\d+)(?:\\s+[\\d.]+){6}\\s+\"(.*)\"\\s*");
    private static final Pattern FREESURFER =
            Pattern.compile("\\s*(\\d+)\\s+(\\S+)\\s+\\d+\\s+\\d+\\s+\\d+(?:\\s+\\d+)?\\s*");
    private static final Pattern PLAIN = Pattern.compile("\\s*(\\d+)[\\s,;:]+(.*\\S)\\s*");

    private AtlasNames() {}

    /**
     * Reads names by label.
     *
     * @throws OptionException where the file cannot be read, or names nothing
     */
    public static Map<Integer, String> read(Path file) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new OptionException(
                    "names='" + file + "' cannot be read: check the path (" + e + ").");
        }
        String stripped = text.startsWith("\uFEFF") ? text.substring(1) : text;
        Map<Integer, String> names =
                stripped.stripLeading().startsWith("<")
                        ? xml(file)
                        : lines(List.of(stripped.split("\\R")));
        if (names.isEmpty()) {
            throw new OptionException(
                    "names='"
                            + file
                            + "' names no label: expected FSL's XML, lines of 'index name', or the"
                            + " tables of ITK-SNAP, FreeSurfer or BIDS.");
        }
        return names;
    }

    private static Map<Integer, String> xml(Path file) {
        Map<Integer, String> names = new TreeMap<>();
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            // A stranger's file: no other files, no addresses.
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setExpandEntityReferences(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null); // the default one prints
            Document document = builder.parse(file.toFile());
            NodeList labels = document.getElementsByTagName("label");
            for (int i = 0; i < labels.getLength(); i++) {
                Element label = (Element) labels.item(i);
                int index = Integer.parseInt(label.getAttribute("index").strip());
                names.put(index + 1, label.getTextContent().strip());
            }
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new OptionException("names='" + file + "' is no XML: " + e.getMessage());
        } catch (NumberFormatException e) {
            throw new OptionException("names='" + file + "': a label's index is no number.");
        }
        return names;
    }

    private static Map<Integer, String> lines(List<String> lines) {
        Map<Integer, String> names = new TreeMap<>();
        List<String> header = List.of(lines.get(0).toLowerCase(Locale.ROOT).strip().split("\t"));
        int index = header.indexOf("index");
        int name = header.indexOf("name");
        if (index >= 0 && name >= 0) {
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split("\t");
                if (cells.length > Math.max(index, name)
                        && cells[index].strip().matches("\\d{1,9}")) {
                    names.put(Integer.valueOf(cells[index].strip()), cells[name].strip());
                }
            }
            return names;
        }
        for (String line : lines) {
            for (Pattern pattern : Arrays.asList(SNAP, FREESURFER, PLAIN)) {
                Matcher matcher = pattern.matcher(line);
                if (matcher.matches() && matcher.group(1).length() < 10) {
                    names.put(Integer.valueOf(matcher.group(1)), unquoted(matcher.group(2)));
                    break;
                }
            }
        }
        return names;
    }

    private static String unquoted(String name) {
        return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1)
                : name;
    }
}
