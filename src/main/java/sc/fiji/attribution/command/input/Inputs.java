/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.scijava.Context;
import org.scijava.Contextual;
import org.scijava.ItemVisibility;
import org.scijava.convert.ConvertService;
import org.scijava.module.ModuleInfo;
import org.scijava.module.ModuleItem;
import org.scijava.util.Types;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Spelling;

/** The inputs of a command: which there are, and their values from text. */
public final class Inputs {

    private static final Set<Class<?>> WHOLE =
            Set.of(int.class, Integer.class, long.class, Long.class);

    private Inputs() {}

    /** What the user may set, in the order of the declaration, without SciJava's services. */
    public static List<ModuleItem<?>> of(ModuleInfo info) {
        List<ModuleItem<?>> items = new ArrayList<>();
        for (ModuleItem<?> item : info.inputs()) {
            if (!Contextual.class.isAssignableFrom(item.getType())
                    && item.getType() != Context.class) {
                items.add(item);
            }
        }
        return items;
    }

    /** The inputs that a macro may set, in order: those of a dialog alone are left out. */
    public static List<ModuleItem<?>> keys(ModuleInfo info) {
        List<ModuleItem<?>> items = new ArrayList<>(of(info));
        items.removeIf(item -> item.getVisibility() == ItemVisibility.INVISIBLE);
        return items;
    }

    /** What an item may be set to, or nothing where that is not a list. */
    public static List<String> choices(ModuleItem<?> item) {
        return item.getChoices() == null
                ? List.of()
                // SciJava hands an empty choice on as null.
                : item.getChoices().stream()
                        .map(choice -> Objects.requireNonNullElse(choice, "").toString())
                        .toList();
    }

    public static boolean isNumber(ModuleItem<?> item) {
        return Number.class.isAssignableFrom(Types.box(item.getType()));
    }

    public static boolean isFlag(ModuleItem<?> item) {
        return Types.box(item.getType()) == Boolean.class;
    }

    /**
     * What is said of a key that is none of the command's: the key that was meant or, where none is
     * near, all.
     *
     * @param names what it reads
     */
    public static OptionException unknown(String key, List<String> names) {
        String near = Spelling.suggestion(key, names);
        String all = names.isEmpty() ? "none" : String.join(", ", names);
        return new OptionException(
                "Unknown option "
                        + key
                        + (near.isEmpty() ? "; this command reads " + all + "." : near));
    }

    /**
     * A value of the item's type.
     *
     * @param value one, or a text
     * @throws OptionException where the text is none
     */
    public static Object value(ConvertService convert, ModuleItem<?> item, Object value) {
        if (value == null || item.getType().isInstance(value)) {
            return value;
        }
        boolean number = isNumber(item);
        boolean whole = number && WHOLE.contains(item.getType());
        String text = value.toString().strip();
        // SciJava turns text that is no number, or no whole one, into 0 without a word.
        Object converted =
                number && !isNumber(text)
                        ? null
                        : whole
                                ? whole(text, item.getType())
                                : convert.convert(value, item.getType());
        if (converted == null) {
            throw new OptionException(
                    item.getName()
                            + "="
                            + value
                            + ": expected "
                            + (whole
                                    ? "a whole number"
                                    : number ? "a number" : item.getType().getSimpleName())
                            + ".");
        }
        return converted;
    }

    /** As {@code 50}, {@code 50.0} or {@code 5e1}; null where it is none of the type. */
    private static Object whole(String text, Class<?> type) {
        try {
            BigDecimal number = new BigDecimal(text);
            return type == long.class || type == Long.class
                    ? (Object) number.longValueExact()
                    : (Object) number.intValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            return null;
        }
    }

    private static boolean isNumber(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text.strip()));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
