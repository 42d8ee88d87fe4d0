/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import ij.ImagePlus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.fiji.format.PackedFile;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;

/** Reads one NIfTI or Analyze file, or a pair of files; see {@link Nifti#read}. */
final class NiftiReader {

    private final Path file;
    private final String name;

    NiftiReader(Path file) {
        this.file = file;
        this.name = file.getFileName().toString();
    }

    private NiftiHeader header(Path headerFile) {
        return PackedFile.read(
                file, headerFile, in -> NiftiParser.parse(in.readNBytes(NiftiParser.BYTES), name));
    }

    /** What the header says, and whether an unpacked file is as long. */
    ImagePlus outline() {
        Path headerFile = sibling(".hdr");
        NiftiHeader header = header(headerFile);
        Path data = header.single() ? headerFile : sibling(".img");
        PackedFile.read(
                file,
                data,
                in -> {
                    PackedFile.requireLength(data, header.voxOffset() + header.grid().bytes());
                    return data;
                });
        header.grid().requireMemory(name);
        ImagePlus image = header.grid().outline(file);
        geometry(header).attach(image);
        return image;
    }

    ImagePlus read() {
        Path headerFile = sibling(".hdr");
        NiftiHeader header = header(headerFile);
        Path data = header.single() ? headerFile : sibling(".img");
        VoxelGrid grid = header.grid();
        ImagePlus image =
                PackedFile.readAll(
                        file,
                        data,
                        in -> {
                            PackedFile.requireLength(data, header.voxOffset() + grid.bytes());
                            return image(header, in);
                        });
        geometry(header).attach(image);
        if (!data.equals(headerFile)) {
            new Source("NIfTI", List.of(headerFile, data), List.of()).attach(image);
        }
        return image;
    }

    private ImagePlus image(NiftiHeader header, InputStream in) throws IOException {
        header.grid().requireMemory(name);
        int kept = (int) Math.min(header.voxOffset(), NiftiRecord.LONGEST);
        byte[] front = in.readNBytes(kept);
        in.skipNBytes(header.voxOffset() - front.length);
        ImagePlus image = header.grid().read(in, file);
        if (header.single()) {
            int size = ByteBuffer.wrap(front).order(header.order()).getInt(0);
            byte[] after = Arrays.copyOfRange(front, Math.min(size, front.length), front.length);
            NiftiRecord.read(after, header.order()).attach(image);
        }
        return image;
    }

    private static ImageGeometry geometry(NiftiHeader header) {
        double[] q = header.qform();
        double[] qform = {q[0], header.qfac(), q[1], q[2], q[3], q[4], q[5], q[6]};
        return new ImageGeometry(
                header.affine(), header.sform(), qform, header.pixdim(), header.units());
    }

    /** The header's or the voxels' file of a pair, whichever of the two was named. */
    private Path sibling(String ending) {
        String lower = name.toLowerCase(Locale.ROOT);
        String packed = lower.endsWith(".gz") ? name.substring(name.length() - 3) : "";
        String bare = name.substring(0, name.length() - packed.length());
        String from = ending.equals(".hdr") ? ".img" : ".hdr";
        if (!bare.toLowerCase(Locale.ROOT).endsWith(from)) {
            return file;
        }
        String stem = bare.substring(0, bare.length() - from.length());
        Path plain = file.resolveSibling(stem + ending);
        Path gz = file.resolveSibling(stem + ending + ".gz");
        return Files.exists(plain) || !Files.exists(gz) ? plain : gz;
    }
}
