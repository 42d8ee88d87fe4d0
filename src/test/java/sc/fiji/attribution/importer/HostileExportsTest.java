/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;
import sc.fiji.attribution.testing.Soon;

/**
 * TorchScript and ONNX files that are made to do harm: one line, soon, and nothing is written but
 * weights.
 */
class HostileExportsTest {

    /** Of the processor's time. */
    private static final double SOON = 60;

    @TempDir Path folder;

    private String refusal(Path file) {
        ModelException refusal =
                assertThrows(ModelException.class, () -> Soon.within(SOON, () -> read(file)));
        String message = refusal.getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.length() < 1000, message);
        return message;
    }

    private Path read(Path file) throws IOException {
        Path unpacked = Files.createTempDirectory(folder, "unpacked");
        try (WeightStore weights = new WeightStore(unpacked)) {
            FrontEnds.of(file).read(file, weights);
        } finally {
            try (Stream<Path> left = Files.list(unpacked)) {
                assertTrue(
                        left.allMatch(
                                each -> each.getFileName().toString().startsWith("variables.")));
            }
        }
        return unpacked;
    }

    /** A network of the resources with one kind of entry changed. */
    private Path torch(String ending, UnaryOperator<byte[]> change) throws IOException {
        Path original = Resources.bundled("importer/networks").resolve("remainders_traced.pt");
        Path file = Files.createTempFile(folder, "made", ".pt");
        try (ZipFile old = new ZipFile(original.toFile());
                ZipOutputStream made = new ZipOutputStream(Files.newOutputStream(file))) {
            for (ZipEntry each :
                    (Iterable<ZipEntry>) old.stream().map(ZipEntry.class::cast)::iterator) {
                made.putNextEntry(new ZipEntry(each.getName()));
                try (InputStream in = old.getInputStream(each)) {
                    byte[] bytes = in.readAllBytes();
                    made.write(each.getName().endsWith(ending) ? change.apply(bytes) : bytes);
                }
            }
        }
        return file;
    }

    private Path code(UnaryOperator<String> change) throws IOException {
        return torch(
                "code/__torch__.py",
                bytes ->
                        change.apply(new String(bytes, StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8));
    }

    /** The line of code that takes the image, followed by others. */
    private static String after(String code, String lines) {
        int at = code.indexOf("\n", code.indexOf("x: Tensor) -> Tensor:"));
        assertTrue(at > 0, code);
        return code.substring(0, at + 1) + lines + code.substring(at + 1);
    }

    @Test
    void codeThatCallsItself() throws IOException {
        String message = refusal(code(c -> after(c, "    a = (self).forward(x, )\n")));
        assertTrue(message.contains("without an end"), message);
    }

    @Test
    void codeThatNeverEnds() throws IOException {
        String message =
                refusal(
                        code(
                                c ->
                                        after(
                                                c,
                                                "    i = 0\n    while True:\n      i = torch.add(i, 1)\n")));
        assertTrue(message.contains("steps"), message);
    }

    @Test
    void codeThatNestsWithoutEnd() throws IOException {
        int deep = 100_000;
        refusal(code(c -> after(c, "    a = " + "(".repeat(deep) + "1" + ")".repeat(deep) + "\n")));
        refusal(
                code(
                        c ->
                                after(
                                        c,
                                        "    a = "
                                                + "torch.neg(".repeat(deep)
                                                + "x"
                                                + ")".repeat(deep)
                                                + "\n")));
    }

    @Test
    void aMillionOperations() throws IOException {
        String message = refusal(code(c -> after(c, "    x = torch.relu(x)\n".repeat(1_000_000))));
        assertFalse(message.isEmpty());
    }

    @Test
    void listsThatDoubleThemselves() throws IOException {
        refusal(code(c -> after(c, "    a = [1, 2]\n" + "    a = torch.add(a, a)\n".repeat(60))));
        refusal(code(c -> after(c, "    s = \"ab\"\n" + "    s = torch.add(s, s)\n".repeat(60))));
    }

    @Test
    void tensorsThatNoMemoryHolds() throws IOException {
        refusal(
                code(
                        c ->
                                after(
                                        c,
                                        "    a = torch.ones([1000000, 1000000])\n    x = torch.add(x, a)\n")));
        refusal(
                code(
                        c ->
                                after(
                                        c,
                                        "    a = torch.arange(1000000000000)\n    x = torch.mul(x, a)\n")));
    }

    @Tag("long")
    @Test
    void archivesMadeToFillTheMemory() throws IOException {
        byte[] zeros = new byte[200 << 20];
        refusal(torch(".py", bytes -> zeros));
        refusal(torch("data.pkl", bytes -> zeros));
        refusal(torch("data/0", bytes -> zeros));
    }

    @Test
    void storagesThatAreTooShort() throws IOException {
        String message = refusal(torch("data/0", bytes -> Arrays.copyOf(bytes, 8)));
        assertFalse(message.contains("Exception"), message);
    }

    /** Refused by its name; what it names is never looked for. */
    @Test
    void picklesThatCallWhatTheyName() throws IOException {
        Path trace = folder.resolve("ran");
        String command = "\u0080\u0002cposix\nsystem\n(X" + "\u0006\0\0\0" + "touch " + "tR.";
        String message =
                refusal(torch("data.pkl", bytes -> command.getBytes(StandardCharsets.ISO_8859_1)));
        assertTrue(message.contains("posix.system"), message);
        assertFalse(Files.exists(trace));
    }

    // ONNX: fields of the messages by their numbers in the format.

    private static byte[] field(int number, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, (long) number << 3 | 2);
        varint(out, bytes.length);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static byte[] field(int number, String text) {
        return field(number, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] field(int number, long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, (long) number << 3);
        varint(out, value);
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) (rest & 0x7f | 0x80));
        }
        out.write((int) rest);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Stream.of(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] info(String name, long... shape) {
        byte[] extents = new byte[0];
        for (long extent : shape) {
            extents = join(extents, field(1, field(1, extent)));
        }
        return join(field(1, name), field(2, field(1, join(field(1, 1), field(2, extents)))));
    }

    private static byte[] node(String op, String in, String out) {
        return join(field(1, in), field(2, out), field(4, op));
    }

    private Path onnx(byte[]... graph) throws IOException {
        byte[] whole =
                join(
                        field(1, 8),
                        field(
                                7,
                                join(
                                        join(graph),
                                        field(11, info("x", 1, 3, 8, 8)),
                                        field(12, info("y", 1, 3)))),
                        field(8, field(2, 17)));
        return Files.write(Files.createTempFile(folder, "made", ".onnx"), whole);
    }

    @Test
    void nodesInACircle() throws IOException {
        String message =
                refusal(onnx(field(1, node("Relu", "b", "y")), field(1, node("Relu", "y", "b"))));
        assertTrue(message.contains("circle"), message);
    }

    @Test
    void aMillionNodes() throws IOException {
        ByteArrayOutputStream nodes = new ByteArrayOutputStream();
        String last = "x";
        for (int i = 0; i < 1_000_000; i++) {
            String next = i == 999_999 ? "y" : "n" + i;
            nodes.writeBytes(field(1, node("Relu", last, next)));
            last = next;
        }
        refusal(onnx(nodes.toByteArray()));
    }

    @Test
    void graphsWithinGraphsWithoutEnd() throws IOException {
        byte[] inner = node("Relu", "x", "y");
        for (int i = 0; i < 2_000; i++) {
            byte[] graph = join(field(1, inner), field(12, info("y", 1)));
            byte[] attribute = join(field(1, "then_branch"), field(6, graph), field(20, 5));
            inner = join(node("If", "x", "y"), field(5, attribute));
        }
        refusal(onnx(field(1, inner)));
    }

    @Test
    void sizesThatDoNotFitTheBytes() throws IOException {
        for (long[] shape :
                List.of(
                        new long[] {1L << 40},
                        new long[] {1 << 30, 1 << 30, 1 << 30, 16},
                        new long[] {-3},
                        new long[] {7})) {
            byte[] extents = new byte[0];
            for (long extent : shape) {
                extents = join(extents, field(1, extent));
            }
            byte[] tensor = join(extents, field(2, 1), field(8, "w"), field(9, new byte[12]));
            byte[] add = join(field(1, "x"), field(1, "w"), field(2, "y"), field(4, "Add"));
            refusal(onnx(field(1, add), field(5, tensor)));
        }
    }

    /** A number in a damaged file asks for more than any heap: a line, and the next one opens. */
    @Test
    void imagesResizedBeyondAnyMemory() throws IOException {
        for (String mode : List.of("cubic", "linear")) {
            ByteBuffer sizes = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
            sizes.putLong(1).putLong(3).putLong(Integer.MAX_VALUE).putLong(8);
            byte[] tensor = join(field(1, 4), field(2, 7), field(8, "s"), field(9, sizes.array()));
            byte[] inputs = join(field(1, "x"), field(1, ""), field(1, ""), field(1, "s"));
            byte[] attribute = join(field(1, "mode"), field(4, mode), field(20, 3));
            byte[] resize = join(inputs, field(2, "y"), field(4, "Resize"), field(5, attribute));
            Path file = onnx(field(1, resize), field(5, tensor));
            String message =
                    assertThrows(
                                    ModelException.class,
                                    () -> Engines.open(file, ModelOptions.NONE).close())
                            .getMessage();
            assertEquals(1, message.lines().count(), message);
            assertTrue(message.contains(file.getFileName().toString()), message);
        }
    }

    @Test
    void weightsElsewhere() throws IOException {
        Files.write(folder.resolve("secret"), new byte[12]);
        Path inside = Files.createDirectory(folder.resolve("model"));
        for (String place :
                List.of(
                        "../secret",
                        folder.resolve("secret").toString(),
                        "a/../../secret",
                        "link")) {
            Files.deleteIfExists(inside.resolve("link"));
            Files.createSymbolicLink(inside.resolve("link"), folder.resolve("secret"));
            byte[] location = field(13, join(field(1, "location"), field(2, place)));
            byte[] tensor = join(field(1, 3), field(2, 1), field(8, "w"), location, field(14, 1));
            byte[] add = join(field(1, "x"), field(1, "w"), field(2, "y"), field(4, "Add"));
            Path made = onnx(field(1, add), field(5, tensor));
            Path file =
                    Files.move(
                            made,
                            inside.resolve("m.onnx"),
                            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            String message = refusal(file);
            assertTrue(message.contains("outside") || message.contains("link"), message);
        }
    }
}
