/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.scijava.ItemVisibility;
import org.scijava.convert.ConvertService;
import org.scijava.module.DefaultMutableModule;
import org.scijava.module.DefaultMutableModuleItem;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import sc.fiji.attribution.core.AttributionException;

/**
 * Pages by SciJava's own input harvester: each is a small module of its own, whose inputs are asked
 * for as those of any command. It is not recorded; the command is, with all its inputs.
 */
final class HarvestedPages implements Asker {

    private static final int LINE = 90;

    private final ModuleService modules;
    private final ConvertService convert;

    HarvestedPages(ModuleService modules, ConvertService convert) {
        this.modules = modules;
        this.convert = convert;
    }

    @Override
    public Optional<Map<String, Object>> ask(Question question) {
        PageModule page = new PageModule();
        page.getInfo().setLabel(question.title());
        page.getInfo().set("no-record", "true");
        page.say("mistake", question.mistake(), "<b><font color='#b00000'>%s</font></b>");
        page.say("introduction", question.introduction(), "%s");
        for (ModuleItem<?> item : question.items()) {
            DefaultMutableModuleItem<?> field =
                    new DefaultMutableModuleItem<>(page.getInfo(), item);
            page.getInfo().addInput(field);
            Object value = question.values().get(item.getName());
            page.setInput(
                    item.getName(), value == null ? null : convert.convert(value, item.getType()));
        }
        try {
            modules.run(page, true).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttributionException("Interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        if (!page.answered) {
            return Optional.empty();
        }
        Map<String, Object> answers = new LinkedHashMap<>();
        for (ModuleItem<?> item : question.items()) {
            answers.put(item.getName(), page.getInput(item.getName()));
        }
        return Optional.of(answers);
    }

    /** Runs only where the user agreed. */
    private static final class PageModule extends DefaultMutableModule {

        private boolean answered;

        /** A line that is not asked but shown. */
        void say(String name, String text, String format) {
            if (text.isEmpty()) {
                return;
            }
            DefaultMutableModuleItem<String> line =
                    new DefaultMutableModuleItem<>(getInfo(), name, String.class);
            line.setVisibility(ItemVisibility.MESSAGE);
            line.setRequired(false);
            line.setPersisted(false);
            getInfo().addInput(line);
            String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
            String wrapped = escaped.replaceAll("(.{1," + LINE + "})(\\s+|$)", "$1<br>");
            setInput(name, "<html>" + String.format(format, wrapped));
        }

        @Override
        public void run() {
            answered = true;
        }
    }
}
