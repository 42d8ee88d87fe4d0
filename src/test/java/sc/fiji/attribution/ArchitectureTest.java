/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import ij.plugin.PlugIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.scijava.plugin.SciJavaPlugin;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.importer.FrontEnd;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.model.Engine;

/** Which package may know which: the arrows point from hosts to the core, never back. */
class ArchitectureTest {

    private static final String ROOT = "sc.fiji.attribution";

    private static final JavaClasses ALL = new ClassFileImporter().importPackages(ROOT);

    private static final JavaClasses CLASSES =
            ALL.that(DescribedPredicate.describe("are of the product", type -> !isTest(type)));

    private static boolean isTest(JavaClass type) {
        return type.getSource().orElseThrow().getUri().toString().contains("/test-classes/");
    }

    /** Found by SciJava, a service file, a key or ImageJ's plugins.config. */
    private static final List<Class<?>> DISCOVERED =
            List.of(
                    SciJavaPlugin.class,
                    PlugIn.class,
                    AttributionMethod.class,
                    Metric.class,
                    FrontEnd.class,
                    Engine.class,
                    Op.Family.class);

    @ParameterizedTest
    @CsvSource({
        "core, core",
        "model, core model",
        "method, core model method",
        "graph, core graph",
        "importer, core graph importer",
        "engine, core model graph importer engine",
        "fiji, core model method fiji",
        "cohort, core model method fiji cohort",
        "report, core model method fiji cohort report",
        "command, core model method fiji cohort report command",
        "ij1, core model method fiji command ij1"
    })
    void packageKnowsOnly(String name, String known) {
        List<String> allowed =
                List.of(known.split(" ")).stream().map(p -> ROOT + "." + p + "..").toList();
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "..")
                                .and(not(resideInAnyPackage(allowed.toArray(new String[0])))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @ParameterizedTest
    @CsvSource({"core", "model", "method", "graph", "importer"})
    void numbersKnowNoHost(String name) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ij..", "java.awt..", "javax.swing..", "ai.djl..", "org.scijava..")
                .check(CLASSES);
    }

    /** Commands know the dialogs; the dialogs know of no command. */
    @Test
    void dialogsKnowNoCommand() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".command.dialog",
                        ROOT + ".command.input",
                        ROOT + ".command.host",
                        ROOT + ".command.tool")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".command")
                .check(CLASSES);
    }

    @Test
    void onlyEnginesKnowDjlAndNativeLibraries() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..", "org.bytedeco..", "com.sun.jna..")
                .check(CLASSES);
    }

    @Test
    void onlyDescriptionsKnowYaml() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".model.description")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.yaml..")
                .check(CLASSES);
    }

    @Test
    void roomsHaveNoCircle() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /** A room that holds more is two: twenty or so, families of Keras' operators at most. */
    @Test
    void noRoomIsAHall() {
        Map<String, Integer> rooms = new TreeMap<>();
        for (JavaClass each : CLASSES) {
            boolean described = each.getSimpleName().equals("package-info");
            if (each.getEnclosingClass().isEmpty() && !described) {
                rooms.merge(each.getPackageName(), 1, Integer::sum);
            }
        }
        rooms.values().removeIf(count -> count <= 21);
        assertEquals(Map.of(), rooms);
    }

    /**
     * Only what other rooms use is seen from outside; what is discovered by annotation or by its
     * name must be.
     */
    @Test
    void onlyEntryTypesArePublic() {
        TreeSet<String> entered = new TreeSet<>();
        for (JavaClass each : ALL) {
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                JavaClass used = outermost(dependency.getTargetClass());
                if (!used.getPackageName().equals(each.getPackageName())) {
                    entered.add(used.getName());
                }
            }
        }
        TreeSet<String> lonely = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            boolean seen =
                    each.getEnclosingClass().isEmpty()
                            && each.getModifiers().contains(JavaModifier.PUBLIC);
            boolean discovered =
                    DISCOVERED.stream().anyMatch(type -> each.isAssignableTo(type))
                            || each.getName().equals(ROOT + ".Main");
            if (seen && !discovered && !entered.contains(each.getName())) {
                lonely.add(each.getName());
            }
        }
        assertEquals(new TreeSet<>(), lonely);
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type.getBaseComponentType();
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }

    /** StarDist's and CSBDeep's libtensorflow 1.x has classes of the same names. */
    @Test
    void onlyProtocolBuffersAndTheCInterfaceOfTensorFlow() {
        TreeSet<String> others = new TreeSet<>();
        CLASSES.forEach(
                each ->
                        each.getDirectDependenciesFromSelf().stream()
                                .map(d -> d.getTargetClass().getPackageName())
                                .filter(p -> p.startsWith("org.tensorflow"))
                                .filter(p -> !p.startsWith("org.tensorflow.proto"))
                                .filter(p -> !p.startsWith("org.tensorflow.internal.c_api"))
                                .forEach(others::add));
        assertEquals(new TreeSet<>(), others);
    }

    @Test
    void everyPackageSaysWhatItHolds() {
        TreeSet<String> packages = new TreeSet<>();
        CLASSES.forEach(each -> packages.add(each.getPackageName()));
        for (String name : packages) {
            String file = "src/main/java/" + name.replace('.', '/') + "/package-info.java";
            assertTrue(Files.exists(Path.of(file)), file);
        }
    }
}
