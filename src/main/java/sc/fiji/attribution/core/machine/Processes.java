/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which files were left by a process that ended before it could delete them. */
public final class Processes {

    /**
     * Tells machines apart that share a folder, since only their own processes can be looked at:
     * eight letters that are the same for all processes here.
     */
    public static final String MACHINE = String.format(Locale.ROOT, "%08x", machine().hashCode());

    private static final long OWN = ProcessHandle.current().pid();

    private Processes() {}

    /** Without asking the network for a name. */
    private static String machine() {
        for (String variable : new String[] {"COMPUTERNAME", "HOSTNAME"}) {
            String name = System.getenv(variable);
            if (name != null && !name.isBlank()) {
                return name;
            }
        }
        try {
            return Files.readString(Path.of("/etc/hostname")).strip();
        } catch (IOException | RuntimeException e) {
            return System.getProperty("user.name", "") + System.getProperty("os.name", "");
        }
    }

    /**
     * Files and folders in a folder whose name carries the number of a process that is gone.
     *
     * @param name of which the first group is the process's number
     * @return empty also where the folder cannot be listed
     */
    public static List<Path> leftIn(Path folder, Pattern name) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> isLeft(file, name)).toList();
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }

    private static boolean isLeft(Path file, Pattern name) {
        Matcher matcher = name.matcher(String.valueOf(file.getFileName()));
        if (!matcher.matches() || matcher.group(1).length() > 18) {
            return false;
        }
        long number = Long.parseLong(matcher.group(1));
        return number != OWN && ProcessHandle.of(number).filter(ProcessHandle::isAlive).isEmpty();
    }
}
