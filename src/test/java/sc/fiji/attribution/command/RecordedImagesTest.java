/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.log.LogMessage;
import sc.fiji.attribution.command.dialog.Asker;
import sc.fiji.attribution.command.host.Host;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.model.Packages;

/** What a dialog says of images in a recorder's line finds them again. */
class RecordedImagesTest {

    @TempDir Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private ImagePlus map;

    /** A map is there; the image that it was made of lies in a file, and is not open. */
    @BeforeEach
    void open() {
        ImagePlus image = IJ.createImage("image.tif", "32-bit ramp", 8, 8, 1);
        String path = folder.resolve("image.tif").toString();
        ImageFile.save(image, path);
        map = IJ.createImage("map", "32-bit ramp", 8, 8, 1);
        map.setProp(Provenance.METHOD, "Gradient");
        map.setProp(Provenance.IMAGE, "image.tif");
        Source.remember(map, ImageFile.open(path));
        WindowManager.setTempCurrentImage(map);
    }

    @AfterEach
    void close() {
        WindowManager.setTempCurrentImage(null);
    }

    /** The line after a dialog that showed what is suggested, and in which these were changed. */
    private Map<String, Object> recorded(Map<String, Object> changes) {
        return recorded("Attribution Overlay...", changes);
    }

    private Map<String, Object> recorded(String command, Map<String, Object> changes) {
        Asker user =
                new Asker() {
                    @Override
                    public boolean isThere() {
                        return true;
                    }

                    @Override
                    public Answer ask(Question question) {
                        Map<String, Object> values = new HashMap<>(question.values());
                        values.putAll(changes);
                        return new Given(values);
                    }
                };
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Host host =
                new Host() {
                    @Override
                    public void message(LogMessage message) {
                        out.println(message.text());
                    }

                    @Override
                    public boolean progress(int done, int total, String what) {
                        return true;
                    }
                };
        Map<String, Object> line = new HashMap<>();
        try (CommandRunner runner = new CommandRunner(host)) {
            runner.ask(runner.find(command), user, line::putAll);
        }
        return line;
    }

    /** Its title would not be found again where the line is run; the map finds its file. */
    @Test
    void whatWasReadForTheMapIsNotNamed() {
        assertEquals(Map.of("map", map), recorded(Map.of()), printed::toString);
    }

    /** A command without a map names the file of the image that it took of the active map. */
    @Test
    void whatWasReadForAnotherCommandIsNamedByItsFile() throws IOException {
        String model = folder.resolve("net").toString();
        Packages.network(Path.of(model), -1, 8, 8, 2);
        ImageFile.save(
                IJ.createHyperStack("image.tif", 8, 8, 2, 1, 1, 32),
                folder.resolve("image.tif").toString());
        Map<String, Object> chosen =
                Map.of("model", model, "methods", "Gradient", "metrics", "Sparseness");
        Map<String, Object> expected = new HashMap<>(chosen);
        expected.put("input", folder.resolve("image.tif").toString());
        assertEquals(expected, recorded("Compare Methods...", chosen), printed::toString);
    }

    @Test
    void anotherImageIsNamed() {
        ImagePlus other = IJ.createImage("other.tif", "32-bit ramp", 8, 8, 1);
        assertEquals(
                Map.of("map", map, "input", other),
                recorded(Map.of("input", other)),
                printed::toString);
    }
}
