/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row of the table.
 *
 * @param id unique
 * @param file the id as a part of file names: unique too, whatever signs the id has
 * @param images files of the image by name of the channel; one without a name where it is one file
 * @param cells what else the row says, by column; empty cells are empty texts, and those that a row
 *     lacks which ends early are not there
 */
public record Subject(String id, String file, Map<String, Path> images, Map<String, String> cells) {

    public Subject {
        images = new LinkedHashMap<>(images);
        cells = new LinkedHashMap<>(cells);
    }

    /** What a column says; empty where it says nothing or there is no such column. */
    public String cell(String column) {
        return cells.getOrDefault(column, "");
    }

    public String label() {
        return cell(SubjectTable.LABEL);
    }

    public String split() {
        return cell(SubjectTable.SPLIT);
    }
}
