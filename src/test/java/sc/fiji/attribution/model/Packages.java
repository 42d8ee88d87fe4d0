/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.archive.TemporaryFolder;

/** Makes model packages around a tiny network, as folders and as zips. */
public final class Packages {

    private Packages() {}

    /** Mean over each channel of a 2-D image with two channels, dense to 2 classes, softmax. */
    public static Path network(Path folder, int... shape) throws IOException {
        return new NetworkWriter(shape)
                .constantTimes(1, 1)
                .globalMean()
                .dense(new float[] {1, -1, 0.5f, 2}, 2)
                .op("Softmax")
                .write(folder);
    }

    /** Packs all files of a folder, named from there. */
    public static Path zip(Path folder, Path zip) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).filter(f -> !f.equals(zip)).sorted().toList();
        }
        Files.createDirectories(zip.getParent());
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Path file : files) {
                out.putNextEntry(
                        new ZipEntry(folder.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
            }
        }
        return zip;
    }

    /** Writes a {@code .npy} file of format 1.0, little-endian float32. */
    public static void npy(Path file, int[] shape, float... values) throws IOException {
        String extents =
                Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + extents + ",), }\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(0x93);
            out.write("NUMPY".getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[] {1, 0, (byte) header.length(), 0});
            out.write(header.getBytes(StandardCharsets.US_ASCII));
            ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            data.asFloatBuffer().put(values);
            out.write(data.array());
        }
        Files.write(file, bytes.toByteArray());
    }

    /** Folders that were made for unpacking and not deleted. */
    public static List<Path> leftovers() {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(
                            path ->
                                    path.getFileName()
                                            .toString()
                                            .startsWith(TemporaryFolder.PREFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a folder with all that is in it. */
    public static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    // Copies of read-only files could not be deleted everywhere.
                    Files.write(target, Files.readAllBytes(file));
                }
            }
        }
    }
}
