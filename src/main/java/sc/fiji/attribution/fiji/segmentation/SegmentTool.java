/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.input.RangeGuard;
import sc.fiji.attribution.fiji.map.LabelColours;
import sc.fiji.attribution.fiji.region.RegionStatistics;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Image in, prediction out, for networks that put out a map: labels, the probability of each class
 * at each voxel, and the components of each class. Needs no SciJava context and no display.
 */
public final class SegmentTool {

    /** Components of a class that the table lists, the largest first. */
    private static final int COMPONENTS = 50;

    private static final int BYTE = 255;

    private final Classifier classifier;

    /**
     * @param classifier stays open, and the caller's
     * @throws ModelException where the model does not put out a map
     */
    public SegmentTool(Classifier classifier) {
        Segmentation.require(classifier);
        this.classifier = classifier;
    }

    /**
     * @param labels the predicted label of each voxel, on the image's grid; empty where the map is
     *     of one number
     * @param values the probability of each class, or the numbers, as channels, on the image's grid
     * @param table a row for each component, the largest first: class, number, voxels, volume,
     *     centre in voxels from 0
     * @param summary what was found, a line for each frame
     * @param warnings one line each; empty where nothing is odd
     */
    public record Result(
            Optional<ImagePlus> labels,
            ImagePlus values,
            ResultsTable table,
            List<String> summary,
            List<String> warnings) {}

    /**
     * Predicts each frame.
     *
     * @param image its calibrated values go to the model; not changed
     * @param progress told between frames
     */
    public Result run(ImagePlus image, Progress progress) {
        ModelSpec model = classifier.spec();
        ModelInput input = ModelInput.of(model, image);
        input.requireFinite();
        requireMemory(image, input.frames());
        boolean labelled = isLabelled(model);
        ImageStack labels = new ImageStack(image.getWidth(), image.getHeight());
        ImageStack values = new ImageStack(image.getWidth(), image.getHeight());
        ResultsTable table = new ResultsTable();
        List<String> summary = new ArrayList<>();
        List<String> warnings = new ArrayList<>(model.description().warnings());
        for (int frame = 0; frame < input.frames(); frame++) {
            progress.update(frame, input.frames(), "Segment");
            Tensor tensor = input.tensor(frame);
            if (frame == 0) {
                progress.note(input.summary() + ".");
                RangeGuard.doubt(classifier, tensor, () -> means(tensor)).ifPresent(warnings::add);
            }
            Segmentation found = Segmentation.of(classifier, image, input, tensor);
            addValues(found, values, image);
            if (labelled) {
                int[] predicted = found.labels();
                addLabels(predicted, found, labels, image);
                summary.add(rows(predicted, found, image, frame, input.frames(), table));
            }
        }
        progress.update(input.frames(), input.frames(), "Segment");
        warnings.addAll(input.warnings());
        return new Result(
                labelled ? Optional.of(labelImage(labels, image, input)) : Optional.empty(),
                valueImage(values, image, input),
                table,
                summary,
                warnings);
    }

    /** Whether a model gives labels, and not numbers alone. */
    public static boolean isLabelled(ModelSpec model) {
        return Segmentation.isLabelled(model);
    }

    private float[] means(Tensor tensor) {
        return classifier.spec().head().classLogits(classifier.logits(tensor)[0]);
    }

    private void requireMemory(ImagePlus image, int frames) {
        long voxels = 1L * image.getWidth() * image.getHeight() * image.getNSlices();
        long needed = voxels * Float.BYTES * (3L + 2L * classifier.spec().classes() * frames);
        if (needed > JavaHeap.free()) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "A prediction of '%s' needs about %d MB of Java memory, and %d MB are"
                                    + " free: crop the image, or raise Edit > Options > Memory &"
                                    + " Threads.",
                            image.getTitle(),
                            needed >> 20,
                            JavaHeap.free() >> 20));
        }
    }

    private static void addValues(Segmentation found, ImageStack stack, ImagePlus image) {
        float[][] values = found.values();
        int plane = image.getWidth() * image.getHeight();
        for (int z = 0; z < image.getNSlices(); z++) {
            for (int k = 0; k < values.length; k++) {
                FloatProcessor slice = new FloatProcessor(image.getWidth(), image.getHeight());
                System.arraycopy(values[k], z * plane, (float[]) slice.getPixels(), 0, plane);
                stack.addSlice(found.model().labels().get(k), slice);
            }
        }
    }

    private static void addLabels(
            int[] labels, Segmentation found, ImageStack stack, ImagePlus image) {
        boolean bytes = found.label(found.model().classes() - 1) <= BYTE;
        int plane = image.getWidth() * image.getHeight();
        for (int z = 0; z < image.getNSlices(); z++) {
            ImageProcessor slice =
                    bytes
                            ? new ByteProcessor(image.getWidth(), image.getHeight())
                            : new ShortProcessor(image.getWidth(), image.getHeight());
            for (int i = 0; i < plane; i++) {
                slice.set(i, labels[z * plane + i]);
            }
            stack.addSlice(slice);
        }
    }

    /** Adds the components to the table, and says how many voxels are of each class. */
    private static String rows(
            int[] labels,
            Segmentation found,
            ImagePlus image,
            int frame,
            int frames,
            ResultsTable table) {
        ModelSpec model = found.model();
        Calibration calibration = image.getCalibration();
        double voxel = calibration.pixelWidth * calibration.pixelHeight * calibration.pixelDepth;
        String volume =
                calibration.scaled()
                        ? "Volume (" + Printable.line(calibration.getUnit()) + "^3)"
                        : "";
        List<String> shares = new ArrayList<>();
        for (int k = 0; k < model.classes(); k++) {
            List<int[]> members = found.components(labels, k).members();
            long total = members.stream().mapToLong(each -> each.length).sum();
            shares.add(
                    String.format(
                            Locale.ROOT,
                            "%s %.2f %%",
                            model.labels().get(k),
                            100.0 * total / labels.length));
            for (int n = 0; n < Math.min(COMPONENTS, members.size()); n++) {
                table.addRow();
                table.addValue("Image", image.getTitle());
                if (frames > 1) {
                    table.addValue("Frame", frame + 1);
                }
                table.addValue("Class", model.labels().get(k));
                table.addValue("Component", n + 1);
                table.addValue("Voxels", members.get(n).length);
                if (!volume.isEmpty()) {
                    table.addValue(volume, members.get(n).length * voxel);
                }
                centre(members.get(n), image, table);
            }
        }
        return image.getTitle()
                + (frames > 1 ? ", frame " + (frame + 1) : "")
                + ": "
                + String.join(", ", shares);
    }

    private static void centre(int[] members, ImagePlus image, ResultsTable table) {
        int width = image.getWidth();
        int height = image.getHeight();
        double[] sums = new double[3];
        for (int member : members) {
            sums[0] += (member % width + 0.5) / members.length;
            sums[1] += (member / width % height + 0.5) / members.length;
            sums[2] += (member / width / height + 0.5) / members.length;
        }
        RegionStatistics.addPlace(table, image, sums);
    }

    private ImagePlus labelImage(ImageStack stack, ImagePlus image, ModelInput input) {
        ImagePlus labels = new ImagePlus("Labels of " + image.getTitle(), stack);
        labels.setDimensions(1, image.getNSlices(), input.frames());
        LabelColours.show(labels, BYTE);
        place(labels, image, input);
        return labels;
    }

    private ImagePlus valueImage(ImageStack stack, ImagePlus image, ModelInput input) {
        boolean numbers = classifier.spec().head().isNumbers();
        ImagePlus values =
                new ImagePlus(
                        (numbers ? "Prediction of " : "Probabilities of ") + image.getTitle(),
                        stack);
        values.setDimensions(classifier.spec().classes(), image.getNSlices(), input.frames());
        if (numbers) {
            values.resetDisplayRange();
        } else {
            values.setDisplayRange(0, 1);
        }
        place(values, image, input);
        return values;
    }

    private void place(ImagePlus made, ImagePlus image, ModelInput input) {
        made.setOpenAsHyperStack(made.getNDimensions() > 3);
        Calibration calibration = image.getCalibration().copy();
        calibration.disableDensityCalibration();
        made.setCalibration(calibration);
        ImageGeometry.copy(image, made);
        made.setPosition(1, image.getZ(), 1);
        record(input).forEach((key, text) -> made.setProp(key, Printable.line(text)));
    }

    private Map<String, String> record(ModelInput input) {
        ModelSpec model = classifier.spec();
        int first = model.head() == Head.SIGMOID ? 1 : 0;
        Map<String, String> record = new LinkedHashMap<>();
        record.put(
                "segmentation.labels",
                (first > 0 ? "0 none, " : "")
                        + IntStream.range(0, model.classes())
                                .mapToObj(k -> k + first + " " + model.labels().get(k))
                                .collect(Collectors.joining(", ")));
        record.put("segmentation.model", model.name());
        record.put("segmentation.model.sha256", model.sha256());
        model.said().toMap().forEach((key, text) -> record.put("segmentation.model." + key, text));
        input.resampling().ifPresent(how -> record.put("segmentation.resampling", how));
        return record;
    }
}
