/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.xml.parsers.SAXParserFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;
import sc.fiji.attribution.model.engine.EngineLibraries;

/** The files of an update site: index, checksums and places as ImageJ's updater wants them. */
class UpdateSiteTest {

    private static final long TIME = 1_780_000_000_000L;

    @TempDir Path folder;

    private static byte[] zip(long time, Object... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                ZipEntry entry = new ZipEntry((String) namesAndContents[i]);
                entry.setTime(time);
                zip.putNextEntry(entry);
                Object content = namesAndContents[i + 1];
                zip.write(
                        content instanceof byte[] given
                                ? given
                                : ((String) content).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static String sha1(String text) throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-1")
                                .digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The index as its text, after the parser found it valid by its own DTD. */
    private String index() throws Exception {
        byte[] xml;
        try (InputStream in =
                new GZIPInputStream(Files.newInputStream(folder.resolve("site/db.xml.gz")))) {
            xml = in.readAllBytes();
        }
        SAXParserFactory factory = SAXParserFactory.newInstance();
        factory.setValidating(true);
        factory.newSAXParser()
                .parse(
                        new InputSource(new ByteArrayInputStream(xml)),
                        new DefaultHandler() {
                            @Override
                            public void error(SAXParseException e) throws SAXParseException {
                                throw e;
                            }
                        });
        return new String(xml, StandardCharsets.UTF_8);
    }

    private void release(long time, String code) throws IOException {
        byte[] jar =
                zip(
                        time,
                        "b.properties",
                        "#made at " + time + "\nkey=1\n",
                        "META-INF/MANIFEST.MF",
                        "Build-Time: " + time + "\n",
                        "a.class",
                        code);
        for (String platform : new String[] {"linux-x86_64", "macosx-arm64"}) {
            byte[] natives = zip(TIME, "lib.so", platform);
            Files.write(
                    Files.createDirectories(folder.resolve("release"))
                            .resolve("x-" + platform + "-fiji.zip"),
                    zip(
                            time,
                            "jars/x-0.1.jar",
                            jar,
                            "attribution-engine/tf-1.0-" + platform + ".jar",
                            natives,
                            "attribution-engine/licences/LICENSE",
                            "free"));
        }
    }

    @Test
    void aSiteAndItsNextVersion() throws Exception {
        release(TIME, "one");
        Path site = folder.resolve("site");
        assertEquals(4, UpdateSite.make(folder.resolve("release"), site));
        String index = index();
        // Names and contents in order; of a comment its end, of the manifest nothing.
        String first = sha1("META-INF/MANIFEST.MF" + "a.class" + "one" + "b.properties\nkey=1\n");
        assertTrue(index.contains("checksum=\"" + first + "\""), index);
        String licence = sha1("licenses/attribution-engine/LICENSE" + "free");
        assertTrue(index.contains("checksum=\"" + licence + "\""), index);
        assertTrue(index.contains("<platform>linux64</platform>"), index);
        assertTrue(index.contains("<platform>macos-arm64</platform>"), index);
        assertTrue(index.contains("lib/attribution-engine/tensorflow-natives-linux-x86_64.jar"));
        assertTrue(Files.exists(site.resolve("jars/x-0.1.jar-" + stamp(index, "jars/x-0.1.jar"))));

        // Built again from the same sources: nothing is new.
        release(TIME + 3_600_000, "one");
        UpdateSite.make(folder.resolve("release"), site);
        assertEquals(index, index());

        release(TIME + 7_200_000, "two");
        UpdateSite.make(folder.resolve("release"), site);
        String next = index();
        assertTrue(
                next.contains("<previous-version timestamp=\"" + stamp(index, "jars/x-0.1.jar")),
                next);
        assertTrue(next.contains("checksum=\"" + first + "\"/>"), next);
        String stamp = stamp(next, "jars/x-0.1.jar");
        assertTrue(Files.exists(site.resolve("jars/x-0.1.jar-" + stamp)), stamp);
    }

    private static String stamp(String index, String path) {
        return index.replaceFirst(
                "(?s).*filename=\"" + path + "\">.*?<version [^>]*timestamp=\"(\\d{14})\".*", "$1");
    }

    /** Where the updater puts the engine, the plug-in finds it. */
    @Test
    void theEngineIsFoundThere() throws IOException {
        Path jar = folder.resolve("Fiji.app/jars/x.jar");
        Files.createDirectories(jar.getParent());
        Files.write(jar, zip(TIME, "a", "b"));
        Path engine = Files.createDirectories(folder.resolve("Fiji.app/lib/attribution-engine"));
        assertEquals(engine, EngineLibraries.folder(jar).orElseThrow());
    }

    @Test
    void withoutZips() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("none"));
        IOException e =
                assertThrows(IOException.class, () -> UpdateSite.make(empty, folder.resolve("s")));
        assertTrue(e.getMessage().contains("mvn -Prelease package"), e.getMessage());
    }
}
