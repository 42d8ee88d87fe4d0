/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/** The extents that the primary header of FITS claims (standard 4.0, sections 3.1 and 4.4.1). */
final class FitsExtents implements SoundPicture.Check {

    private static final int BLOCK = 2880;
    private static final int CARD = 80;

    /** No image has more lines about it. */
    private static final int MOST_BLOCKS = 10_000;

    @Override
    public boolean recognises(FileHead head) {
        return head.has(0, "SIMPLE  =") || head.endsIn(".fits", ".fit");
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        Map<String, String> cards = new HashMap<>();
        long start = read(head, cards);
        if (!cards.getOrDefault("SIMPLE", "").equals("T")) {
            throw new SoundPicture.Damage("it is no FITS by its first line");
        }
        long axes = number(cards, "NAXIS");
        if (axes == 0) {
            throw new UnreadKindException(head.path(), "FITS whose image stands in an extension");
        }
        double pixels = 1;
        StringBuilder extents = new StringBuilder();
        for (int axis = 1; axis <= Math.min(axes, 999); axis++) {
            long extent = number(cards, "NAXIS" + axis);
            if (extent == 0) {
                throw new UnreadKindException(
                        head.path(), "FITS of random groups or without an image");
            }
            if (extent < 0) {
                throw new SoundPicture.Damage("its header says NAXIS" + axis + " = " + extent);
            }
            if (axis > 3 && extent > 1) {
                throw new UnreadKindException(head.path(), "FITS of more than three axes");
            }
            pixels *= extent;
            extents.append(axis > 1 ? "x" : "").append(extent);
        }
        long bits = Math.abs(number(cards, "BITPIX"));
        if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
            throw new SoundPicture.Damage("its header says BITPIX = " + bits);
        }
        long there = Files.size(head.path()) - start;
        if (pixels * bits / 8 > there) {
            throw SoundPicture.tooFew(extents + "", there);
        }
    }

    /** Reads the header's cards and where the data begin. */
    private static long read(FileHead head, Map<String, String> cards)
            throws IOException, SoundPicture.Damage {
        try (InputStream in = Files.newInputStream(head.path())) {
            for (int block = 1; block <= MOST_BLOCKS; block++) {
                byte[] bytes = in.readNBytes(BLOCK);
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                for (int at = 0; at + CARD <= bytes.length; at += CARD) {
                    String card = text.substring(at, at + CARD);
                    String name = card.substring(0, 8).strip();
                    if (name.equals("END")) {
                        return (long) block * BLOCK;
                    }
                    if (card.startsWith("= ", 8)) {
                        cards.putIfAbsent(name, card.substring(10).split("/", 2)[0].strip());
                    }
                }
                if (bytes.length < BLOCK) {
                    break;
                }
            }
        }
        throw new SoundPicture.Damage("its header has no end");
    }

    private static long number(Map<String, String> cards, String name) throws SoundPicture.Damage {
        String text = cards.getOrDefault(name, "");
        if (!text.matches("[+-]?\\d{1,12}")) {
            throw new SoundPicture.Damage("its header has no number for " + name);
        }
        return Long.parseLong(text);
    }
}
