/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.Main;
import sc.fiji.attribution.cohort.run.SmallCohort;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.map.MapDisplay;
import sc.fiji.attribution.testing.FolderContents;

/**
 * The same command by Spark's own launcher, on threads and on a cluster of which a worker dies.
 * Needs Spark's libraries in {@code target/spark/jars}: {@code mvn -f src/test/spark/pom.xml
 * package}.
 */
@Tag("spark")
class SparkCohortTest {

    private static final Path HOME = Path.of("target/spark").toAbsolutePath();

    @TempDir Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path table;

    @BeforeEach
    void singleMachine() throws Exception {
        assertTrue(
                Files.isDirectory(HOME.resolve("jars")),
                "Spark is not in target/spark: mvn -f src/test/spark/pom.xml package");
        table = SmallCohort.write(folder.resolve("cohort"), 16);
        List<String> command =
                new ArrayList<>(List.of(java(), "-cp", ours(), Main.class.getName()));
        command.addAll(cohort("single"));
        assertEquals(0, start("single", command).waitFor(), () -> log("single"));
    }

    @AfterEach
    void stop() {
        started.forEach(SparkCohortTest::kill);
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String ours() {
        return Arrays.stream(System.getProperty("java.class.path").split(":"))
                .map(each -> Path.of(each).toAbsolutePath().toString())
                .reduce((a, b) -> a + ":" + b)
                .orElseThrow();
    }

    private List<String> cohort(String output, String... more) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "Cohort...",
                                "table=" + table,
                                "model=" + SmallCohort.model().toAbsolutePath(),
                                "method=Gradient",
                                "confound=site",
                                "permutations=20",
                                "output=" + folder.resolve(output)));
        command.addAll(List.of(more));
        return command;
    }

    private Process start(String name, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(Files.createDirectories(folder.resolve("at-" + name)).toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".txt").toFile());
        environment(builder);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** What {@code load-spark-env.sh} sets, and that nothing is open to others. */
    private void environment(ProcessBuilder builder) {
        builder.environment()
                .putAll(
                        Map.of(
                                "SPARK_HOME",
                                HOME.toString(),
                                "SPARK_SCALA_VERSION",
                                "2.13",
                                "SPARK_LOCAL_IP",
                                "127.0.0.1",
                                "SPARK_LOCAL_DIRS",
                                folder.resolve("local").toString()));
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What {@code bin/spark-class} does: it asks Spark's launcher for the command to start. */
    private Process spark(String name, List<String> arguments) throws IOException {
        List<String> launcher =
                new ArrayList<>(
                        List.of(
                                java(),
                                "-cp",
                                HOME.resolve("jars") + "/*",
                                "org.apache.spark.launcher.Main"));
        launcher.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(launcher);
        environment(builder);
        Process asked = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<String> command =
                Arrays.stream(text.split("\0"))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList();
        return start(name, command);
    }

    private Process submit(String output, String master) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "org.apache.spark.deploy.SparkSubmit",
                                "--master",
                                master,
                                "--driver-memory",
                                "1g",
                                "--executor-memory",
                                "1g",
                                "--conf",
                                "spark.driver.extraClassPath=" + ours(),
                                "--conf",
                                "spark.executor.extraClassPath=" + ours(),
                                "--conf",
                                "spark.ui.enabled=false",
                                "--class",
                                Main.class.getName(),
                                "spark-internal"));
        arguments.addAll(cohort(output, "part=spark"));
        return spark(output, arguments);
    }

    @Test
    void onTwoThreads() throws Exception {
        assertEquals(0, submit("threads", "local[2]").waitFor(), () -> log("threads"));
        assertSame("threads");
    }

    @Test
    void aWorkerDies() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String master = "spark://127.0.0.1:" + port;
        spark(
                "master",
                List.of(
                        "org.apache.spark.deploy.master.Master",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "" + port,
                        "--webui-port",
                        "0"));
        await("master", "I have been elected leader");
        List<Process> workers = new ArrayList<>();
        for (String name : List.of("worker1", "worker2")) {
            workers.add(
                    spark(
                            name,
                            List.of(
                                    "org.apache.spark.deploy.worker.Worker",
                                    "--cores",
                                    "1",
                                    "--memory",
                                    "1g",
                                    "--webui-port",
                                    "0",
                                    "--work-dir",
                                    folder.resolve(name).toString(),
                                    master)));
            await(name, "Successfully registered with master");
        }
        Process run = submit("cluster", master);
        while (run.isAlive() && done("cluster") < 4) {
            Thread.sleep(20);
        }
        assertTrue(run.isAlive() && done("cluster") < 16, () -> log("cluster"));
        kill(workers.get(0));
        assertEquals(0, run.waitFor(), () -> log("cluster"));
        assertTrue(log("master").contains("Removing worker"), () -> log("master"));
        assertSame("cluster");
    }

    private void await(String name, String line) throws InterruptedException {
        for (int i = 0; i < 600 && !log(name).contains(line); i++) {
            Thread.sleep(100);
        }
        assertTrue(log(name).contains(line), () -> log(name));
    }

    private int done(String output) throws IOException {
        Path subjects = folder.resolve(output).resolve("subjects");
        if (!Files.isDirectory(subjects)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(subjects)) {
            return (int) all.filter(each -> each.toString().endsWith(".json")).count();
        }
    }

    /**
     * To the bit but for what was added up by trees, and the report, which holds those images: they
     * to 1e-6 of their largest value.
     */
    private void assertSame(String output) throws IOException {
        Map<String, byte[]> single = FolderContents.of(folder.resolve("single"));
        Map<String, byte[]> spark = FolderContents.of(folder.resolve(output));
        assertEquals(single.keySet(), spark.keySet());
        int sums = 0;
        for (Map.Entry<String, byte[]> file : single.entrySet()) {
            String name = file.getKey();
            if (name.matches("groups/Gradient_(mean|standard-deviation).*")) {
                assertClose(name, output);
                sums++;
            } else if (!name.equals("report.html")) {
                assertArrayEquals(file.getValue(), spark.get(name), name);
            }
        }
        assertEquals(4, sums, "mean, standard deviation and two classes");
    }

    private void assertClose(String name, String output) {
        ImagePlus expected = ImageFile.open(folder.resolve("single").resolve(name).toString());
        ImagePlus actual = ImageFile.open(folder.resolve(output).resolve(name).toString());
        double largest = MapDisplay.limit(expected, 100);
        for (int slice = 1; slice <= expected.getStackSize(); slice++) {
            float[] values = (float[]) expected.getStack().getPixels(slice);
            float[] others = (float[]) actual.getStack().getPixels(slice);
            for (int i = 0; i < values.length; i++) {
                assertEquals(values[i], others[i], 1e-6 * largest, name);
            }
        }
    }
}
