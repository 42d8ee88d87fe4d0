/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Makes the files of an update site for Fiji from the release's zips, one for each platform: each
 * file as {@code path-timestamp}, and the index {@code db.xml.gz}. What was there before stays in
 * the index as an earlier version. The updater knows files in certain folders only, so the engine
 * lies in {@code lib/attribution-engine} there, and each platform gets its own natives.
 *
 * <pre>{@code java sc.fiji.attribution.release.UpdateSite target/release target/update-site}</pre>
 */
public final class UpdateSite {

    private static final String DTD =
            """
            <!DOCTYPE pluginRecords [
            <!ELEMENT pluginRecords (plugin*)>
            <!ELEMENT plugin (platform*, category*, version?, previous-version*)>
            <!ELEMENT version (description?, dependency*, link*, author*)>
            <!ELEMENT previous-version EMPTY>
            <!ELEMENT description (#PCDATA)>
            <!ELEMENT dependency EMPTY>
            <!ELEMENT link (#PCDATA)>
            <!ELEMENT author (#PCDATA)>
            <!ELEMENT platform (#PCDATA)>
            <!ELEMENT category (#PCDATA)>
            <!ATTLIST plugin filename CDATA #REQUIRED>
            <!ATTLIST dependency filename CDATA #REQUIRED>
            <!ATTLIST dependency timestamp CDATA #IMPLIED>
            <!ATTLIST version timestamp CDATA #REQUIRED>
            <!ATTLIST version checksum CDATA #REQUIRED>
            <!ATTLIST version filesize CDATA #REQUIRED>
            <!ATTLIST previous-version filename CDATA #IMPLIED>
            <!ATTLIST previous-version timestamp CDATA #REQUIRED>
            <!ATTLIST previous-version timestamp-obsolete CDATA #IMPLIED>
            <!ATTLIST previous-version checksum CDATA #REQUIRED>
            ]>
            """;

    /** The updater's names of JavaCPP's platforms; a Mac with an older Fiji gets both. */
    private static final Map<String, List<String>> PLATFORMS =
            Map.of(
                    "linux-x86_64", List.of("linux64"),
                    "windows-x86_64", List.of("win64"),
                    "macosx-x86_64", List.of("macosx", "macos64"),
                    "macosx-arm64", List.of("macosx", "macos-arm64"));

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

    /** A file of the site as it is now. */
    private record Version(String checksum, String timestamp, long size) {}

    private final Path site;
    private final Map<String, Version> current = new TreeMap<>();
    private final Map<String, List<String>> platforms = new TreeMap<>();

    /** Lines of the index for earlier versions. */
    private final Map<String, List<String>> previous = new TreeMap<>();

    private UpdateSite(Path site) {
        this.site = site;
    }

    /**
     * @param arguments the folder with the zips, and the folder for the site
     */
    public static void main(String[] arguments) throws IOException {
        System.out.println(make(Path.of(arguments[0]), Path.of(arguments[1])) + " files");
    }

    /**
     * Makes or renews a site.
     *
     * @return how many files it has
     */
    static int make(Path release, Path folder) throws IOException {
        UpdateSite site = new UpdateSite(folder);
        Files.createDirectories(folder);
        site.readIndex();
        List<Path> zips;
        try (Stream<Path> files = Files.list(release)) {
            zips = files.filter(file -> file.toString().endsWith("-fiji.zip")).sorted().toList();
        }
        if (zips.isEmpty()) {
            throw new IOException("no *-fiji.zip in " + release + ": mvn -Prelease package");
        }
        for (Path zip : zips) {
            site.add(zip);
        }
        site.writeIndex();
        return site.current.size();
    }

    private void add(Path zip) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    String stamp = STAMP.format(entry.getLastModifiedTime().toInstant());
                    add(place(entry.getName()), in.readAllBytes(), stamp);
                }
            }
        }
    }

    /** Where the updater looks for a file of the zip. */
    private String place(String name) {
        String place =
                name.replaceFirst("^attribution-engine/licences/", "licenses/attribution-engine/")
                        .replaceFirst("^attribution-engine/", "lib/attribution-engine/");
        for (String platform : PLATFORMS.keySet()) {
            if (place.endsWith("-" + platform + ".jar")) {
                // Its version would make one file of those of all platforms.
                String jar = "lib/attribution-engine/tensorflow-natives-" + platform + ".jar";
                platforms.put(jar, PLATFORMS.get(platform));
                return jar;
            }
        }
        return place;
    }

    private void add(String path, byte[] content, String stamp) throws IOException {
        String checksum = UpdaterChecksum.of(path, content);
        Version known = current.get(path);
        if (known != null && known.checksum.equals(checksum)) {
            return;
        }
        if (known != null) {
            previous.computeIfAbsent(path, key -> new ArrayList<>())
                    .add(
                            String.format(
                                    "<previous-version timestamp=\"%s\" timestamp-obsolete=\"%s\""
                                            + " checksum=\"%s\"/>",
                                    known.timestamp, stamp, known.checksum));
        }
        Path file = site.resolve(path + "-" + stamp);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        current.put(path, new Version(checksum, stamp, content.length));
    }

    private void readIndex() throws IOException {
        Path index = site.resolve("db.xml.gz");
        if (!Files.exists(index)) {
            return;
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(index))) {
            NodeList plugins =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(in)
                            .getElementsByTagName("plugin");
            for (int i = 0; i < plugins.getLength(); i++) {
                Element plugin = (Element) plugins.item(i);
                String path = plugin.getAttribute("filename");
                Element version = (Element) plugin.getElementsByTagName("version").item(0);
                current.put(
                        path,
                        new Version(
                                version.getAttribute("checksum"),
                                version.getAttribute("timestamp"),
                                Long.parseLong(version.getAttribute("filesize"))));
                NodeList earlier = plugin.getElementsByTagName("previous-version");
                for (int k = 0; k < earlier.getLength(); k++) {
                    Element each = (Element) earlier.item(k);
                    previous.computeIfAbsent(path, key -> new ArrayList<>())
                            .add(
                                    String.format(
                                            "<previous-version timestamp=\"%s\""
                                                    + " timestamp-obsolete=\"%s\""
                                                    + " checksum=\"%s\"/>",
                                            each.getAttribute("timestamp"),
                                            each.getAttribute("timestamp-obsolete"),
                                            each.getAttribute("checksum")));
                }
                NodeList own = plugin.getElementsByTagName("platform");
                List<String> names = new ArrayList<>();
                for (int k = 0; k < own.getLength(); k++) {
                    names.add(own.item(k).getTextContent());
                }
                if (!names.isEmpty()) {
                    platforms.put(path, names);
                }
            }
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(index + " is no index of an update site: " + e.getMessage(), e);
        }
    }

    private void writeIndex() throws IOException {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + DTD);
        xml.append("<pluginRecords>\n");
        current.forEach(
                (path, version) -> {
                    xml.append("    <plugin filename=\"").append(path).append("\">\n");
                    for (String platform : platforms.getOrDefault(path, List.of())) {
                        xml.append("        <platform>").append(platform).append("</platform>\n");
                    }
                    xml.append(
                            String.format(
                                    "        <version checksum=\"%s\" timestamp=\"%s\""
                                            + " filesize=\"%d\"/>%n",
                                    version.checksum, version.timestamp, version.size));
                    previous.getOrDefault(path, List.of())
                            .forEach(line -> xml.append("        ").append(line).append('\n'));
                    xml.append("    </plugin>\n");
                });
        xml.append("</pluginRecords>\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(xml.toString().getBytes(StandardCharsets.UTF_8));
        }
        Files.write(site.resolve("db.xml.gz"), bytes.toByteArray());
    }
}
