/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;

/**
 * Asks a command's pages one after the other and runs it. After a mistake the page comes back, with
 * what was wrong and with the answers as they were, until it works or the user cancels.
 */
final class Conversation {

    private final ToolCommand command;
    private final Asker asker;
    private int last;

    Conversation(ToolCommand command, Asker asker) {
        this.command = command;
        this.asker = asker;
    }

    /**
     * @param from the first page to ask; those before it have been answered
     * @return false where the user cancelled a page
     * @throws CancelledException where the user ended the run
     */
    boolean hold(int from) {
        String mistake = "";
        int next = from;
        while (true) {
            try {
                if (!askFrom(next, mistake)) {
                    return false;
                }
                command.execute();
                return true;
            } catch (CancelledException e) {
                throw e;
            } catch (OptionException e) {
                mistake = e.getMessage();
                next = last;
            } catch (AttributionException e) {
                mistake = e.getMessage();
                next = 0;
                last = 0;
            }
        }
    }

    private boolean askFrom(int first, String mistake) {
        List<Page> pages = command.pages();
        String wrong = mistake;
        for (int i = first; i < pages.size(); i++) {
            List<ModuleItem<?>> items = pages.get(i).items();
            if (!items.isEmpty()) {
                last = i;
                if (!ask(pages.get(i), items, wrong)) {
                    return false;
                }
                wrong = "";
            }
        }
        return true;
    }

    private boolean ask(Page page, List<ModuleItem<?>> items, String mistake) {
        String wrong = mistake;
        while (true) {
            Optional<Map<String, Object>> answers =
                    asker.ask(
                            new Asker.Question(
                                    command.title(),
                                    page.introduction(),
                                    wrong,
                                    items,
                                    values(items)));
            if (answers.isEmpty()) {
                return false;
            }
            try {
                for (ModuleItem<?> item : items) {
                    store(item, answers.get().get(item.getName()));
                }
                page.check();
                return true;
            } catch (AttributionException e) {
                wrong = e.getMessage();
            }
        }
    }

    private Map<String, Object> values(List<ModuleItem<?>> items) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (ModuleItem<?> item : items) {
            Object value = command.getInput(item.getName());
            values.put(item.getName(), value != null ? value : item.getDefaultValue());
        }
        return values;
    }

    /** A text that is at the default of its page counts as not given. */
    private void store(ModuleItem<?> item, Object answer) {
        boolean text = command.getInfo().getInput(item.getName()).getType() == String.class;
        boolean given = !text || !isDefault(item, String.valueOf(answer).strip());
        command.setText(item.getName(), given ? answer : null);
    }

    private static boolean isDefault(ModuleItem<?> item, String answer) {
        Object value = item.getDefaultValue();
        if (value instanceof Number number) {
            try {
                return Double.parseDouble(answer) == number.doubleValue();
            } catch (NumberFormatException e) {
                return false;
            }
        }
        return value != null && value.toString().equals(answer);
    }
}
