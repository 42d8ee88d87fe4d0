/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.tissue.TissueMixture;
import sc.fiji.attribution.simulation.Study.Row;

/**
 * Makes the subjects of studies: for each its T1 and FLAIR, the tissue maps that a segmentation
 * makes of that T1, and the mask of its pathology, and a table {@code subjects.csv}; and tables of
 * the test subjects as {@code Cohort...} reads them, {@code audit.csv} of T1 and FLAIR and {@code
 * audit-maps.csv} of the tissue maps. Arguments: the folder of the ICBM 2009a maps, that of the
 * lesion masks, the folder to write to, in which each study has its own, and studies with their
 * numbers of subjects to train on: {@code sample=60}, {@code ms=300}, {@code tumour=300}, {@code
 * scanner=120}, or one of many cohorts with scanners of their own, {@code clean-01=120}, {@code
 * mixed-01=120}, {@code biased-01=120}, which have no tissue maps; {@code sample=60/test} makes
 * only those that are held out, {@code ms=300/sub-304} only that one.
 */
public final class MakeSubjects {

    private static final String[] TISSUES = {"WM", "GM", "CSF"};

    private final Study study;
    private final Template template;
    private final Simulator simulator;
    private final float[][] priors;
    private final StackFiles files;
    private final Path folder;

    private MakeSubjects(Study study, Template template, Path folder) {
        this.study = study;
        this.template = template;
        this.folder = folder;
        BrainGrid fine = BrainGrid.of(study.fine());
        simulator = new Simulator(template, fine);
        priors = template.priors(fine);
        files = new StackFiles(folder, fine.coarser(study.factor()), template.middle());
    }

    public static void main(String[] arguments) throws IOException {
        Template template = Template.read(Path.of(arguments[0]));
        Lesions train = lesions(arguments[1], false);
        Lesions test = lesions(arguments[1], true);
        for (int n = 3; n < arguments.length; n++) {
            String[] study = arguments[n].split("[=/]");
            Path folder = Path.of(arguments[2]).resolve(study[0]);
            Files.createDirectories(folder);
            Study all = Study.named(study[0], Integer.parseInt(study[1]));
            new MakeSubjects(study.length > 2 ? all.part(study[2]) : all, template, folder)
                    .write(train, test);
        }
    }

    private static Lesions lesions(String masks, boolean test) throws IOException {
        return new Lesions(LesionShapes.read(Path.of(masks), test), 5_000, 25_000);
    }

    private void write(Lesions train, Lesions test) throws IOException {
        List<String> table = new ArrayList<>();
        table.add("id,label,site,split,twin,t1,flair,maps,mask,volume");
        // Each subject draws from its own seed, so their order does not matter.
        table.addAll(study.rows().parallelStream().map(row -> write(row, train, test)).toList());
        save("subjects.csv", table);
        List<String> images =
                new ArrayList<>(List.of("id,image:t1,image:flair,label,site,mask,twin"));
        List<String> maps = new ArrayList<>(List.of("id,image,label,site,mask,twin"));
        // Subjects before their twins.
        for (boolean twins : new boolean[] {false, true}) {
            for (Row row : study.rows()) {
                if (!row.trained() && !row.twin().isEmpty() == twins) {
                    String label = study.labels().get(row.ill() ? 1 : 0);
                    String mask = row.ill() ? row.id() + "_mask.tif" : "";
                    String end = String.join(",", label, row.site(), mask, row.twin());
                    images.add("%1$s,%1$s_T1.tif,%1$s_FLAIR.tif,%2$s".formatted(row.id(), end));
                    maps.add("%1$s,%1$s_maps.tif,%2$s".formatted(row.id(), end));
                }
            }
        }
        save("audit.csv", images);
        if (study.maps()) {
            save("audit-maps.csv", maps);
        }
    }

    private void save(String name, List<String> lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private LongFunction<Pathology> pathology(Row row, Lesions train, Lesions test) {
        if (!row.ill()) {
            return null;
        }
        if (study.name().equals("tumour")) {
            return seed -> Tumour.draw(template, seed);
        }
        return seed -> (row.trained() ? train : test).draw(template, seed);
    }

    private String write(Row row, Lesions train, Lesions test) {
        LongFunction<Pathology> pathology = pathology(row, train, test);
        Scanner scanner = Scanner.draw(row.scanner());
        Simulator.Images images = simulator.simulate(row.seed(), pathology, scanner);
        float[] ill = average(images.anatomy().pathology());
        float[] mask = new float[ill.length];
        double volume = 0;
        for (int i = 0; i < ill.length; i++) {
            mask[i] = ill[i] >= 0.5f ? 255 : 0;
            volume += ill[i] * Math.pow(files.grid().size(), 3) / 1000;
        }
        files.write(row.id() + "_T1", new String[] {"T1"}, average(images.t1()));
        files.write(row.id() + "_FLAIR", new String[] {"FLAIR"}, average(images.flair()));
        if (study.maps()) {
            files.write(row.id() + "_maps", TISSUES, maps(images.t1()));
        }
        files.write(row.id() + "_mask", new String[] {"lesion"}, mask);
        return "%1$s,%2$s,%3$s,%4$s,%5$s,%1$s_T1.tif,%1$s_FLAIR.tif,%7$s,%1$s_mask.tif,%6$s"
                .formatted(
                        row.id(),
                        study.labels().get(row.ill() ? 1 : 0),
                        row.site(),
                        row.split(),
                        row.twin(),
                        Math.round(volume * 10) / 10.0,
                        study.maps() ? row.id() + "_maps.tif" : "");
    }

    private float[][] maps(float[] t1) {
        BrainGrid fine = simulator.grid();
        int[] extent = {fine.x(), fine.y(), fine.z()};
        float[][] maps = TissueMixture.DEFAULT.segment(t1, priors, extent, Progress.NONE);
        for (int tissue = 0; tissue < maps.length; tissue++) {
            maps[tissue] = scaled(average(maps[tissue]), 255);
        }
        return maps;
    }

    private float[] average(float[] image) {
        return simulator.grid().average(image, study.factor());
    }

    private static float[] scaled(float[] image, float factor) {
        float[] scaled = new float[image.length];
        for (int i = 0; i < image.length; i++) {
            scaled[i] = factor * image[i];
        }
        return scaled;
    }
}
