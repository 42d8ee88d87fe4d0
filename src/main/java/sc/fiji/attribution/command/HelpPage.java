/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Image;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The manual as a page: Markdown rendered to HTML that ImageJ's HTML window shows. */
final class HelpPage {

    private static final List<Extension> TABLES = List.of(TablesExtension.create());

    private HelpPage() {}

    /**
     * Renders a page.
     *
     * @param markdown its text; pictures, which the jar does not have, are left out
     */
    static String html(String markdown) {
        Node page = Parser.builder().extensions(TABLES).build().parse(markdown);
        page.accept(
                new AbstractVisitor() {
                    @Override
                    public void visit(Image image) {
                        image.unlink();
                    }
                });
        String body = HtmlRenderer.builder().extensions(TABLES).build().render(page);
        return "<html><body style='margin: 12px'>"
                // The window's HTML is of 1998: it knows how to draw borders, and no style for it.
                + body.replace("<table>", "<table border=1 cellspacing=0 cellpadding=3>")
                + "</body></html>";
    }
}
