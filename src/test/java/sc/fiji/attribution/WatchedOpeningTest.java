/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/**
 * What the process asks of the system while hostile models are opened, as strace sees it: no
 * address is looked up or connected to, and no file is touched, or program run, that opening a
 * harmless model does not touch, but for those of the models themselves.
 */
@Tag("long")
class WatchedOpeningTest {

    private static final Path SAMPLE = Path.of("sample-images/lesion-classifier");
    private static final Pattern OPENED =
            Pattern.compile("(?:open|openat|connect|execve)\\([^\"]*\"([^\"]*)\".*");

    @TempDir Path folder;

    /**
     * Runs in a process of its own.
     *
     * @param arguments models; or {@code touch} and a file, to see that the watch sees
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("touch")) {
            Files.readAllBytes(Path.of(arguments[1]));
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", 9), 100);
            } catch (IOException e) {
                System.exit(0);
            }
        }
        for (String model : arguments) {
            try (Classifier classifier = Engines.open(Path.of(model), ModelOptions.NONE)) {
                System.out.println("opened " + classifier.spec().name());
            } catch (AttributionException e) {
                System.out.println("refused " + e.getMessage());
            }
        }
        System.exit(0);
    }

    @BeforeEach
    void needsStrace() throws IOException, InterruptedException {
        boolean works;
        try {
            Process trial =
                    new ProcessBuilder(
                                    "strace",
                                    "-f",
                                    "-o",
                                    folder.resolve("trial").toString(),
                                    "true")
                            .redirectErrorStream(true)
                            .start();
            works = trial.waitFor(10, TimeUnit.SECONDS) && trial.exitValue() == 0;
        } catch (IOException e) {
            works = false;
        }
        Assumptions.assumeTrue(works, "skipped: needs strace, and the right to use it");
    }

    private record Watched(List<String> said, Set<String> files, List<String> network) {}

    private Watched watch(List<String> arguments) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "strace", ".txt");
        Path said = Files.createTempFile(folder, "said", ".txt");
        Path temporary = Files.createTempDirectory(folder, "temporary");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "strace",
                                "-f",
                                "-qq",
                                "-s",
                                "4096",
                                "-e",
                                "trace=open,openat,connect,bind,sendto,sendmsg,execve",
                                "-o",
                                log.toString(),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.io.tmpdir=" + temporary,
                                "-cp",
                                System.getProperty("java.class.path"),
                                WatchedOpeningTest.class.getName()));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(said.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, process.waitFor());
        Set<String> files = new TreeSet<>();
        List<String> network = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            String call = line.replaceFirst("^\\d+\\s+", "");
            Matcher opened = OPENED.matcher(call);
            if (call.contains("AF_INET")) {
                network.add(call);
            } else if (opened.matches() && !isOwn(opened.group(1), temporary)) {
                files.add(opened.group(1));
            }
        }
        return new Watched(Files.readAllLines(said), files, network);
    }

    /** Of the program itself, of its temporary folder, or what the system says of the process. */
    private static boolean isOwn(String file, Path temporary) {
        // Threads under /proc, and scratch files of the library cache, whose names are random.
        if (!file.contains("/") || file.contains("/hsperfdata_") || file.contains("/.javacpp/")) {
            return true;
        }
        return Stream.concat(
                        Stream.of(
                                temporary.toString(),
                                System.getProperty("java.home"),
                                "/proc/",
                                "/sys/",
                                "/dev/"),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)))
                .anyMatch(own -> file.startsWith(own) || real(file).startsWith(real(own)));
    }

    /** The sample with one node more on the way to its classes. */
    private Path model(String name, NodeDef.Builder... nodes) throws IOException {
        Path written = folder.resolve("models").resolve(name);
        Packages.copy(SAMPLE, written);
        SavedModel.Builder model =
                SavedModel.parseFrom(Files.readAllBytes(SAMPLE.resolve("saved_model.pb")))
                        .toBuilder();
        GraphDef.Builder graph = model.getMetaGraphsBuilder(0).getGraphDefBuilder();
        for (NodeDef.Builder node : nodes) {
            graph.addNode(node);
        }
        if (nodes.length > 0) {
            String restore = model.getMetaGraphs(0).getSaverDef().getRestoreOpName();
            for (NodeDef.Builder node : graph.getNodeBuilderList()) {
                if (node.getName().equals(restore)) {
                    node.addInput("^" + nodes[nodes.length - 1].getName());
                }
            }
        }
        Files.write(written.resolve("saved_model.pb"), model.build().toByteArray());
        return written;
    }

    private static NodeDef.Builder text(String name, String value) {
        AttrValue.Builder tensor = AttrValue.newBuilder();
        tensor.getTensorBuilder()
                .setDtype(DataType.DT_STRING)
                .addStringVal(com.google.protobuf.ByteString.copyFromUtf8(value))
                .getTensorShapeBuilder();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
                .putAttr("value", tensor.build());
    }

    private List<String> hostile(Path prey) throws IOException {
        List<Path> models = new ArrayList<>();
        for (String from : List.of(prey.toString(), "http://127.0.0.1:9/x", "gs://bucket/x")) {
            models.add(
                    model(
                            "reads" + models.size(),
                            text("evil/from", from),
                            NodeDef.newBuilder()
                                    .setName("evil")
                                    .setOp("ReadFile")
                                    .addInput("evil/from")));
            AttrValue.Builder types = AttrValue.newBuilder();
            types.getListBuilder().addType(DataType.DT_FLOAT);
            models.add(
                    model(
                            "restores" + models.size(),
                            text("evil/from", from),
                            text("evil/key", "x"),
                            NodeDef.newBuilder()
                                    .setName("evil")
                                    .setOp("RestoreV2")
                                    .addInput("evil/from")
                                    .addInput("evil/key")
                                    .addInput("evil/key")
                                    .putAttr("dtypes", types.build())));
        }
        Path linked = model("linked");
        Path weights = linked.resolve("variables/variables.data-00000-of-00001");
        Files.delete(weights);
        Files.createSymbolicLink(weights, prey);
        models.add(linked);
        Path labelled = model("labelled");
        Files.deleteIfExists(labelled.resolve("labels.txt"));
        Files.createSymbolicLink(labelled.resolve("labels.txt"), prey);
        models.add(labelled);
        Path described = model("described");
        Files.writeString(
                described.resolve("attribution.yaml"), "model: " + prey.getParent() + "\n");
        models.add(described);
        Path edge = Path.of("../shared/edge/models");
        if (Files.isDirectory(edge)) {
            try (Stream<Path> all = Files.list(edge)) {
                // A long chain of sums is odd, no more: it opens.
                all.filter(each -> Files.exists(each.resolve("saved_model.pb")))
                        .filter(each -> !each.endsWith("s18_diamond_2000"))
                        .sorted()
                        .forEach(models::add);
            }
        }
        return models.stream().map(Path::toString).toList();
    }

    private static Path real(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    @Test
    void theWatchSees() throws Exception {
        Path prey = Files.writeString(folder.resolve("prey.txt"), "secret");
        Watched watched = watch(List.of("touch", prey.toString()));
        assertTrue(watched.files().contains(prey.toString()), watched.files().toString());
        assertFalse(watched.network().isEmpty());
    }

    @Test
    void nothingIsTouchedThatIsNotTheirs() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path prey = Files.writeString(elsewhere.resolve("prey.txt"), "secret");
        Watched harmless = watch(List.of(SAMPLE.toString()));
        assertEquals(List.of("opened lesion-classifier"), harmless.said());
        assertEquals(List.of(), harmless.network());
        List<String> models = hostile(prey);
        Watched watched = watch(models);
        assertEquals(models.size(), watched.said().size(), watched.said().toString());
        assertEquals(
                List.of(),
                watched.said().stream().filter(line -> !line.startsWith("refused")).toList());
        assertEquals(List.of(), watched.network());
        Set<String> files = new TreeSet<>(watched.files());
        files.removeAll(harmless.files());
        files.removeIf(
                file -> models.stream().anyMatch(model -> real(file).startsWith(real(model))));
        assertEquals(Set.of(), files);
    }
}
