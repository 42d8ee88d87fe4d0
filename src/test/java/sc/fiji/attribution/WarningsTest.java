/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The compiler has nothing to say of the sources. Not asked by {@code -Werror} while building,
 * since it also warns of annotation processors and class files of others, which cannot be mended
 * here.
 */
@Tag("long")
class WarningsTest {

    @Test
    void noneInTheSources(@TempDir Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager =
                        compiler.getStandardFileManager(found, Locale.ROOT, null);
                Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> sources = files.filter(f -> f.toString().endsWith(".java")).toList();
            List<String> options =
                    List.of(
                            // A variable of a try block that only closes is no mistake.
                            "-Xlint:all,-processing,-path,-classfile,-try",
                            "-proc:none",
                            "--release",
                            "17",
                            "-encoding",
                            "UTF-8",
                            "-d",
                            classes.toString(),
                            "-cp",
                            System.getProperty("java.class.path"));
            compiler.getTask(
                            null,
                            manager,
                            found,
                            options,
                            null,
                            manager.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        List<String> ours =
                found.getDiagnostics().stream()
                        .filter(d -> d.getSource() != null)
                        .filter(d -> d.getSource().getName().endsWith(".java"))
                        .filter(d -> d.getKind() != Diagnostic.Kind.NOTE)
                        .map(Object::toString)
                        .toList();
        assertEquals(List.of(), ours);
    }
}
