/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.testing.Resources;

/** A map is made without a connection to anywhere, in a process that never ran an engine before. */
class NoNetworkTest {

    /** Java asks the proxy selector before each connection, by URL or by plain socket. */
    private static final class Recorder extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            System.out.println("CONNECT " + uri);
            return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException cause) {
            System.out.println("FAILED " + uri);
        }
    }

    /** Runs in a process of its own: the runner's arguments, or none to see the recorder work. */
    public static void main(String[] arguments) {
        ProxySelector.setDefault(new Recorder());
        if (arguments.length > 0) {
            System.exit(Main.run(arguments, System.out, System.err));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", 9), 100);
        } catch (IOException e) {
            System.exit(0);
        }
    }

    @TempDir Path folder;

    private List<String> run(String... arguments) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NoNetworkTest.class.getName());
        builder.command().addAll(List.of(arguments));
        // DJL skips its calls home where it takes the environment for a test.
        builder.environment().remove("CI");
        Process process =
                builder.redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, process.waitFor());
        return Files.readAllLines(output);
    }

    @Test
    void theRecorderSeesConnections() throws IOException, InterruptedException {
        assertTrue(run().get(0).startsWith("CONNECT "));
    }

    @Test
    void aMapConnectsToNothing() throws IOException, InterruptedException {
        List<String> lines =
                run(
                        "Attribution Map...",
                        "input=sample-images/brain-lesions-1.tif",
                        "model=" + Resources.bundled("golden/ms3d/saved_model"),
                        "output=" + folder.resolve("map.tif"),
                        "steps=2");
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("Class: ")), lines.toString());
        assertEquals(List.of(), lines.stream().filter(l -> l.contains("CONNECT")).toList());
    }
}
