/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.help;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * A page of the manual: Markdown rendered to the HTML that Swing shows, which is of 1998. Headings
 * can be linked to by the names that repositories give them; links that lead out of the manual to
 * files that the jar does not have are plain text.
 */
final class HelpPage {

    private static final List<Extension> TABLES = List.of(TablesExtension.create());

    /** Screen pixels between the window's margins. */
    private static final int WIDTH = 980;

    private HelpPage() {}

    /** Renders a page of that name. */
    static String html(String name) {
        Node page = Parser.builder().extensions(TABLES).build().parse(Manual.page(name));
        page.accept(new Fit(name));
        String body = HtmlRenderer.builder().extensions(TABLES).build().render(page);
        return "<html><body>"
                + body.replace("<table>", "<table border=1 cellspacing=0 cellpadding=4>")
                + "</body></html>";
    }

    /** The name of a heading: its words in lower case with hyphens between, as on GitHub. */
    static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    /** Names the headings; takes out what leads nowhere. */
    private static final class Fit extends AbstractVisitor {

        private final String name;

        Fit(String name) {
            this.name = name;
        }

        @Override
        public void visit(Heading heading) {
            StringBuilder words = new StringBuilder();
            heading.accept(
                    new AbstractVisitor() {
                        @Override
                        public void visit(Text text) {
                            words.append(text.getLiteral());
                        }

                        @Override
                        public void visit(Code code) {
                            words.append(code.getLiteral());
                        }

                        @Override
                        public void visit(SoftLineBreak line) {
                            words.append(' ');
                        }
                    });
            HtmlInline mark = new HtmlInline();
            mark.setLiteral("<a name=\"" + anchor(words.toString()) + "\"></a>");
            heading.prependChild(mark);
        }

        @Override
        public void visit(Image image) {
            Optional<String> picture = Manual.resolve(name, image.getDestination());
            if (picture.isPresent() && width(picture.get()) > WIDTH) {
                HtmlInline narrow = new HtmlInline();
                narrow.setLiteral(
                        "<img src=\"" + image.getDestination() + "\" width=" + WIDTH + ">");
                image.insertBefore(narrow);
            }
            if (picture.isEmpty() || width(picture.get()) > WIDTH) {
                image.unlink();
            }
        }

        private static int width(String picture) {
            try {
                return ImageIO.read(Manual.url(picture)).getWidth();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void visit(Link link) {
            visitChildren(link);
            String to = link.getDestination();
            boolean elsewhere = to.startsWith("http") || to.startsWith("#");
            if (!elsewhere && Manual.resolve(name, to.replaceFirst("#.*", "")).isEmpty()) {
                for (Node child = link.getFirstChild(); child != null; ) {
                    Node next = child.getNext();
                    link.insertBefore(child);
                    child = next;
                }
                link.unlink();
            }
        }
    }
}
