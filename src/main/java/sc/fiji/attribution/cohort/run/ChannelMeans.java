/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.cohort.table.SubjectImage;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.fiji.feature.FeatureImage;
import sc.fiji.attribution.fiji.feature.LayerGrid;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;

/**
 * Mean activations over subjects of the channels that carry the gaps, on the grid of the images.
 * Which channels these are is known only at the end, so that the images are read once more, and the
 * network runs forward on each.
 */
final class ChannelMeans {

    private final Classifier classifier;
    private final Layers layers;
    private final String layer;
    private final List<Integer> channels;

    private ImagePlus first;
    private ModelInput firstInput;
    private Tensor like;
    private final Map<Integer, Tensor> sums = new TreeMap<>();
    private int subjects;

    private ChannelMeans(Classifier classifier, ChannelGaps gaps) {
        this.classifier = classifier;
        this.layers = classifier.layers().orElseThrow();
        this.layer = gaps.layer();
        this.channels = gaps.leading();
    }

    /**
     * @param notes is told of subjects that were left out
     * @return the gaps with file names of the images
     */
    static ChannelGaps of(
            Classifier classifier,
            Cohort cohort,
            ChannelGaps gaps,
            RunFolder folder,
            List<String> notes,
            Progress progress) {
        ChannelMeans means = new ChannelMeans(classifier, gaps);
        String axes = means.layers.named(gaps.layer()).axes().spatial();
        if (!axes.equals(classifier.spec().axes().spatial())) {
            return gaps; // places of the layer are none of the image
        }
        List<Cohort.Member> members = cohort.asked();
        int left = 0;
        for (int i = 0; i < members.size(); i++) {
            progress.update(i, members.size(), "Mean activations of channels");
            try {
                left += means.add(members.get(i)) ? 0 : 1;
            } catch (AttributionException e) {
                left++;
            }
        }
        if (left > 0) {
            notes.add(
                    "Mean activations of channels leave out "
                            + left
                            + " subjects, whose images lie on another grid or are gone.");
        }
        return means.subjects == 0 ? gaps : gaps.with(means.save(cohort, folder));
    }

    private boolean add(Cohort.Member member) {
        ImagePlus image = SubjectImage.open(member.subject().images(), member.subject().id());
        if (first != null && !ImageGeometry.sameGrid(first, image)) {
            return false;
        }
        ModelInput input = ModelInput.of(classifier.spec(), image);
        Tensor a =
                layers.run(Pass.forward(layer), Layers.Feed.image(input.tensor(0)))
                        .activations()
                        .get(layer);
        if (first == null) {
            first = image;
            firstInput = input;
            like = a;
            int[] one = a.shape().clone();
            one[a.axes().order().indexOf('c')] = 1;
            channels.forEach(c -> sums.put(c, Tensor.zeros(a.axes(), one)));
        } else if (!like.sameShape(a)) {
            return false;
        }
        int step = a.stride('c');
        int count = a.size('c');
        sums.forEach(
                (channel, sum) -> {
                    for (int i = 0; i < sum.length(); i++) {
                        sum.data()[i] += a.data()[(i / step * count + channel) * step + i % step];
                    }
                });
        subjects++;
        return true;
    }

    private Map<Integer, String> save(Cohort cohort, RunFolder folder) {
        Tensor tensor = firstInput.tensor(0);
        Optional<ReceptiveField> field =
                classifier.structure().flatMap(known -> known.field(layers.named(layer), tensor));
        String spatial = tensor.axes().spatial();
        String suffix = cohort.settings().suffix(cohort.asked().get(0).subject());
        Map<Integer, String> files = new TreeMap<>();
        sums.forEach(
                (channel, sum) -> {
                    for (int i = 0; i < sum.length(); i++) {
                        sum.data()[i] /= subjects;
                    }
                    LayerGrid grid = LayerGrid.of(first, sum, firstInput.grid(), spatial, field);
                    ImagePlus image =
                            new FeatureImage(first, layer, grid, true)
                                    .build(
                                            List.of(sum),
                                            layer + "[" + channel + "], mean activation",
                                            Map.of(Provenance.UNIT, "activation"));
                    String file = "channel-" + channel + "_mean." + suffix;
                    ImageFile.save(image, folder.group(file).toString());
                    files.put(channel, "groups/" + file);
                });
        return files;
    }
}
