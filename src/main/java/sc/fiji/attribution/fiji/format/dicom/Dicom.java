/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import ij.ImagePlus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.Series;

/**
 * DICOM images. A file of a series, or the folder of one, is the whole series as a volume; a file
 * of several frames is that file alone. Values are rescaled where the file says so; 8 and 16 bits
 * without sign and scale stay as they are, all else becomes 32-bit float.
 */
public final class Dicom implements ImageFormat {

    @Override
    public String name() {
        return "DICOM";
    }

    @Override
    public boolean recognises(FileHead file) {
        byte[] head = file.bytes();
        if (file.has(128, "DICM")) {
            return true;
        }
        // Without the preamble: the first attribute is of group 2 or 8, with a small element.
        boolean first = head.length > 8 && (head[0] == 8 || head[0] == 2) && head[1] == 0;
        boolean swapped = head.length > 8 && head[0] == 0 && (head[1] == 8 || head[1] == 2);
        return (first || swapped)
                && head[first ? 3 : 2] == 0
                && (file.endsIn(".dcm", ".dicom", ".ima")
                        || file.text().substring(4, 6).matches("[A-Z]{2}"));
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        DataSet set = parse(file);
        int frames = new Frames(set).count();
        if (frames > 1) {
            List<Slice> slices = new ArrayList<>();
            for (int frame = 0; frame < frames; frame++) {
                slices.add(Slice.of(set, frame));
            }
            List<SliceStack> stacks = stacks(file, slices);
            return stacks.size() == 1
                    ? stacks.get(0).read()
                    : stacks.get(series.among(names(stacks), file)).read();
        }
        Optional<String> uid = set.text(Tag.SERIES_INSTANCE);
        List<Slice> slices = new ArrayList<>();
        slices.add(Slice.of(set, 0));
        if (uid.isPresent()) {
            for (DataSet other : neighbours(file)) {
                if (other.text(Tag.SERIES_INSTANCE).equals(uid)
                        && other.text(Tag.FRAMES).orElse("1").equals("1")
                        && !other.pixels().isEmpty()) {
                    slices.add(Slice.of(other, 0));
                }
            }
        }
        for (SliceStack stack : stacks(file, slices)) {
            if (stack.holds(file)) {
                return stack.read();
            }
        }
        throw new IllegalStateException("no stack holds " + file);
    }

    /** Whether a folder holds DICOM files. */
    public boolean isFolder(Path folder) {
        return files(folder).stream().anyMatch(this::isDicom);
    }

    /**
     * Reads the one series of a folder, or the chosen one of several.
     *
     * @throws ImageException where there are several and none is chosen
     */
    public ImagePlus readFolder(Path folder, Series series) {
        List<SliceStack> stacks = ofFolder(folder);
        if (stacks.size() > 1 && !series.isChosen()) {
            throw Series.ambiguous(folder, names(stacks));
        }
        return stacks.get(series.isChosen() ? series.among(names(stacks), folder) : 0).read();
    }

    /** Reads all series of a folder. */
    public List<ImagePlus> readAll(Path folder) {
        return ofFolder(folder).stream().map(SliceStack::read).toList();
    }

    private List<SliceStack> ofFolder(Path folder) {
        Map<String, List<Slice>> series = new LinkedHashMap<>();
        for (DataSet set : inFolder(folder)) {
            if (!set.pixels().isEmpty()) {
                String uid = set.text(Tag.SERIES_INSTANCE).orElse(set.file().toString());
                int frames = new Frames(set).count();
                for (int frame = 0; frame < frames; frame++) {
                    series.computeIfAbsent(
                                    frames > 1 ? set.file().toString() : uid,
                                    key -> new ArrayList<>())
                            .add(Slice.of(set, frame));
                }
            }
        }
        List<SliceStack> stacks = new ArrayList<>();
        series.values().forEach(slices -> stacks.addAll(stacks(folder, slices)));
        if (stacks.isEmpty()) {
            throw new ImageException("Folder '" + folder + "' holds no DICOM images.");
        }
        return stacks;
    }

    /** Slices that can be one volume, together. */
    private static List<SliceStack> stacks(Path named, List<Slice> slices) {
        List<List<Slice>> groups = new ArrayList<>();
        for (Slice slice : slices) {
            List<Slice> group =
                    groups.stream()
                            .filter(each -> each.get(0).isParallel(slice))
                            .findFirst()
                            .orElse(null);
            if (group == null) {
                group = new ArrayList<>();
                groups.add(group);
            }
            group.add(slice);
        }
        return groups.stream().map(group -> new SliceStack(named, group)).toList();
    }

    private static List<String> names(List<SliceStack> stacks) {
        return stacks.stream().map(SliceStack::name).toList();
    }

    private List<DataSet> inFolder(Path folder) {
        return files(folder).stream().filter(this::isDicom).map(Dicom::parse).toList();
    }

    /** The other files of its folder; what is damaged belongs to no series that we know of. */
    private List<DataSet> neighbours(Path file) {
        List<DataSet> sets = new ArrayList<>();
        for (Path other : files(file.toAbsolutePath().getParent())) {
            if (!same(other, file) && isDicom(other)) {
                try {
                    sets.add(parse(other));
                } catch (ImageException e) {
                    // Where a slice is missing now, the stack says between which others.
                    continue;
                }
            }
        }
        return sets;
    }

    private boolean isDicom(Path file) {
        try {
            FileHead head = FileHead.of(file);
            return head.has(128, "DICM") || head.endsIn(".dcm", ".ima") && recognises(head);
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ImageException("Folder '" + folder + "' cannot be read: " + e, e);
        }
    }

    private static DataSet parse(Path file) {
        try {
            return Parser.parse(file.toAbsolutePath());
        } catch (IOException e) {
            throw new ImageException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static boolean same(Path one, Path other) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }
}
