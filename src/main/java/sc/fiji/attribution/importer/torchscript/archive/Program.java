/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.ModelException;

/** The code of an archive by qualified name; a file is read when something of it is first used. */
public final class Program {

    /** Most characters of code that are read of one archive. */
    private static final long LONGEST = 16 << 20;

    private final TorchArchive archive;
    private final Map<String, Map<String, Statement>> files = new HashMap<>();
    private long length;

    public Program(TorchArchive archive) {
        this.archive = archive;
    }

    /** A class or function by its qualified name, {@code __torch__.nets.Net}. */
    public Optional<Statement> find(String qualified) {
        int dot = qualified.lastIndexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                file(qualified.substring(0, dot)).get(qualified.substring(dot + 1)));
    }

    public Statement.ClassDefinition type(String qualified) {
        return find(qualified)
                .filter(Statement.ClassDefinition.class::isInstance)
                .map(Statement.ClassDefinition.class::cast)
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "the archive has no code of the class "
                                                + Unpickler.quoted(qualified)));
    }

    private Map<String, Statement> file(String module) {
        Map<String, Statement> known = files.get(module);
        if (known == null) {
            String name = "code/" + module.replace('.', '/') + ".py";
            known = archive.has(name) ? parse(name) : Map.of();
            files.put(module, known);
        }
        return known;
    }

    private Map<String, Statement> parse(String name) {
        length += Math.max(archive.size(name), 0);
        if (length > LONGEST) {
            throw new ModelException(
                    "the archive has more than " + (LONGEST >> 20) + " MB of code");
        }
        return Parser.definitions(archive.text(name), name);
    }

    /** All operators that the code names which was read so far. */
    public TreeSet<String> operators() {
        TreeSet<String> names = new TreeSet<>();
        Pattern call = Pattern.compile("(?<![\\w.])(torch|ops)\\.([a-zA-Z_][\\w.]*)\\(");
        for (String module : files.keySet()) {
            String file = "code/" + module.replace('.', '/') + ".py";
            if (archive.has(file)) {
                call.matcher(archive.text(file))
                        .results()
                        .forEach(
                                m ->
                                        names.add(
                                                m.group(1).equals("torch")
                                                        ? "aten::" + m.group(2)
                                                        : m.group(2).replaceFirst("\\.", "::")));
            }
        }
        return names;
    }
}
