/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.cohort.bias.ChannelSplit;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Where the gaps sit: channels of the last layer in space. */
final class ChannelSection {

    private final CohortResult result;
    private final Cohort cohort;
    private final Figures figures;
    private final StringBuilder page = new StringBuilder();

    private ChannelSection(CohortResult result) {
        this.result = result;
        this.cohort = result.cohort();
        this.figures = new Figures(result.cohort());
    }

    static String of(CohortResult result) {
        ChannelSection section = new ChannelSection(result);
        section.channels();
        return section.page.toString();
    }

    private void channels() {
        result.bias().channels().filter(gaps -> !gaps.splits().isEmpty()).ifPresent(this::channels);
    }

    private void channels(ChannelGaps gaps) {
        page.append(Html.tag("h2", "Where the score's use of it sits"));
        ChannelSplit first = gaps.splits().get(0);
        page.append(
                Html.tag(
                        "p",
                        String.format(
                                Locale.ROOT,
                                "Channel %d of %s carries %.0f %% of the %s gap and %.0f %% of the"
                                        + " class gap. %s",
                                first.channel(),
                                gaps.layer(),
                                100 * first.confoundShare(),
                                cohort.settings().confound(),
                                100 * first.classShare(),
                                switch (gaps.by()) {
                                    case WEIGHT ->
                                            "The head is linear on pooled features, so the parts,"
                                                    + " weight times difference, add up to the"
                                                    + " gaps.";
                                    case CONDUCTANCE ->
                                            "Parts are Layer Conductance from black; they add up"
                                                    + " to the gaps but for the error of its"
                                                    + " integral.";
                                    case HINT ->
                                            "The parts (gradient × activation) do not add up to"
                                                    + " the score here: read them as a hint.";
                                })));
        List<List<String>> rows = new ArrayList<>();
        for (ChannelSplit c : gaps.splits().subList(0, Math.min(12, gaps.splits().size()))) {
            rows.add(
                    List.of(
                            "" + c.channel(),
                            Html.number(c.classGap()),
                            Html.number(c.classShare()),
                            Html.number(c.confoundGap()),
                            Html.number(c.confoundShare())));
        }
        page.append(
                Html.table(
                        List.of(
                                "channel",
                                "class gap",
                                "its share",
                                cohort.settings().confound() + " gap",
                                "its share"),
                        rows));
        gaps.images().forEach((channel, file) -> channelMean(gaps.layer(), channel, file));
    }

    private void channelMean(String layer, int channel, String file) {
        ImagePlus mean = ImageFile.open(result.folder().path().resolve(file).toString());
        ImagePlus background = figures.background(mean);
        if (background != null) {
            page.append(
                    figures.over(
                            background,
                            mean,
                            false,
                            layer + "[" + channel + "], mean activation",
                            file));
        }
    }
}
