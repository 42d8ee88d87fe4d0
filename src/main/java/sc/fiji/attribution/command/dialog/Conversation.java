/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;

/**
 * Asks a command's pages one after the other and runs it. After a mistake the page comes back, with
 * what was wrong and with the answers as they were, until it works or the user cancels.
 */
public final class Conversation {

    private final Pages command;
    private final Asker asker;
    private int page;
    private String mistake = "";

    public Conversation(Pages command, Asker asker) {
        this.command = command;
        this.asker = asker;
    }

    /**
     * @return false where the user cancelled a page
     * @throws CancelledException where the user ended the run
     */
    public boolean hold() {
        while (true) {
            try {
                if (!askPages()) {
                    return false;
                }
                command.work();
                return true;
            } catch (CancelledException e) {
                throw e;
            } catch (OptionException e) {
                mistake = e.getMessage();
                page = before(command.pages().size());
            } catch (AttributionException e) {
                mistake = e.getMessage();
                page = 0;
            }
        }
    }

    private boolean askPages() {
        List<Page> pages = command.pages();
        while (page < pages.size()) {
            List<ModuleItem<?>> items = pages.get(page).items();
            Asker.Answer answer =
                    items.isEmpty() ? new Asker.Given(Map.of()) : ask(pages.get(page), items);
            mistake = "";
            if (answer instanceof Asker.Cancelled) {
                return false;
            } else if (answer instanceof Asker.Back back) {
                keep(items, back.values());
                page = before(page);
            } else {
                page = take(pages.get(page), items, ((Asker.Given) answer).values());
            }
        }
        return true;
    }

    private Asker.Answer ask(Page asked, List<ModuleItem<?>> items) {
        return asker.ask(
                new Asker.Question(
                        command.title(),
                        asked,
                        mistake,
                        items,
                        values(items),
                        before(page) < page));
    }

    /** Where to go on: at the next page or, after a mistake, at the same one. */
    private int take(Page asked, List<ModuleItem<?>> items, Map<String, Object> answers) {
        try {
            items.forEach(item -> store(item, answers.get(item.getName())));
            asked.check();
            return page + 1;
        } catch (CancelledException e) {
            throw e;
        } catch (AttributionException e) {
            mistake = e.getMessage();
            return page;
        }
    }

    /** What was typed before going back is there again; what is no value is forgotten. */
    private void keep(List<ModuleItem<?>> items, Map<String, Object> answers) {
        for (ModuleItem<?> item : items) {
            try {
                store(item, answers.get(item.getName()));
            } catch (OptionException e) {
                command.answer(item, null);
            }
        }
    }

    /** The nearest page before one that asks something, or the first. */
    private int before(int index) {
        for (int i = index - 1; i > 0; i--) {
            if (!command.pages().get(i).items().isEmpty()) {
                return i;
            }
        }
        return 0;
    }

    private Map<String, Object> values(List<ModuleItem<?>> items) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (ModuleItem<?> item : items) {
            Object value = command.value(item.getName());
            values.put(item.getName(), value != null ? value : item.getDefaultValue());
        }
        return values;
    }

    /** A text that is at the default of its page counts as not given. */
    private void store(ModuleItem<?> item, Object answer) {
        boolean isDefault =
                answer instanceof String text && isDefault(item, text.strip())
                        || answer != null && answer.equals(item.getDefaultValue());
        command.answer(item, isDefault ? null : answer);
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
