/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.ArrayDeque;
import java.util.Deque;
import sc.fiji.attribution.core.ModelException;

/** Cuts code into tokens, one at a time; lines and indentation are tokens, as in Python. */
final class Lexer {

    enum Kind {
        NAME,
        NUMBER,
        TEXT,
        SYMBOL,
        LINE,
        INDENT,
        DEDENT,
        END
    }

    record Token(Kind kind, String text) {}

    private final String code;
    private final String file;
    private final Deque<Integer> indents = new ArrayDeque<>();
    private int position;
    private int line = 1;
    private int brackets;
    private int dedents;
    private boolean lineStarts = true;

    Lexer(String code, String file) {
        this.code = code;
        this.file = file;
        indents.push(0);
    }

    ModelException error(String what) {
        return new ModelException(what + " in '" + file + "', line " + line);
    }

    Token next() {
        if (dedents > 0) {
            dedents--;
            return new Token(Kind.DEDENT, "");
        }
        if (lineStarts) {
            lineStarts = false;
            Token change = indentation();
            if (change != null) {
                return change;
            }
        }
        skipBlanks();
        if (position >= code.length()) {
            return end();
        }
        char c = code.charAt(position);
        if (c == '\n') {
            position++;
            line++;
            lineStarts = true;
            return new Token(Kind.LINE, "\n");
        }
        if (Character.isJavaIdentifierStart(c)) {
            int start = position;
            while (position < code.length()
                    && Character.isJavaIdentifierPart(code.charAt(position))) {
                position++;
            }
            return new Token(Kind.NAME, code.substring(start, position));
        }
        if (Character.isDigit(c) || c == '.' && Character.isDigit(peek(1))) {
            return number();
        }
        if (c == '"' || c == '\'') {
            return text(c);
        }
        return symbol(c);
    }

    private Token end() {
        if (indents.size() > 1) {
            indents.pop();
            return new Token(Kind.DEDENT, "");
        }
        return new Token(Kind.END, "");
    }

    private char peek(int ahead) {
        return position + ahead < code.length() ? code.charAt(position + ahead) : '\0';
    }

    /** Skips empty lines; null where the indentation is as before. */
    private Token indentation() {
        int column = 0;
        for (; position < code.length(); position++) {
            char c = code.charAt(position);
            if (c == ' ' || c == '\t') {
                column++;
            } else if (c == '\n') {
                line++;
                column = 0;
            } else if (c == '#') {
                skipComment();
                position--;
            } else if (c != '\r') {
                break;
            }
        }
        if (position >= code.length()) {
            return null;
        }
        if (column > indents.peek()) {
            if (indents.size() > 200) {
                throw error("blocks nest deeper than 200");
            }
            indents.push(column);
            return new Token(Kind.INDENT, "");
        }
        while (column < indents.peek()) {
            indents.pop();
            dedents++;
        }
        if (column != indents.peek()) {
            throw error("unfit indentation");
        }
        if (dedents > 0) {
            dedents--;
            return new Token(Kind.DEDENT, "");
        }
        return null;
    }

    private void skipComment() {
        while (position < code.length() && code.charAt(position) != '\n') {
            position++;
        }
    }

    private void skipBlanks() {
        for (; position < code.length(); position++) {
            char c = code.charAt(position);
            if (c == '#') {
                skipComment();
                position--;
            } else if (c == '\n' && brackets > 0) {
                line++;
            } else if (c != ' ' && c != '\t' && c != '\r') {
                return;
            }
        }
    }

    private Token number() {
        int start = position;
        while (position < code.length()) {
            char c = code.charAt(position);
            boolean sign =
                    (c == '-' || c == '+')
                            && Character.toLowerCase(code.charAt(position - 1)) == 'e';
            if (!Character.isLetterOrDigit(c) && c != '.' && !(sign && position > start)) {
                break;
            }
            position++;
        }
        return new Token(Kind.NUMBER, code.substring(start, position));
    }

    private Token text(char quote) {
        StringBuilder text = new StringBuilder();
        for (position++; position < code.length() && code.charAt(position) != quote; position++) {
            char c = code.charAt(position);
            text.append(c == '\\' ? escape() : c);
        }
        if (position >= code.length()) {
            throw error("text without an end");
        }
        position++;
        return new Token(Kind.TEXT, text.toString());
    }

    private char escape() {
        char c = peek(1);
        position++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'x' -> digits(2, 16, 1);
            case '0', '1', '2', '3' -> digits(3, 8, 0);
            default -> c;
        };
    }

    private char digits(int count, int radix, int skip) {
        int start = position + skip;
        try {
            char value = (char) Integer.parseInt(code.substring(start, start + count), radix);
            position = start + count - 1;
            return value;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw error("unfit text");
        }
    }

    private Token symbol(char c) {
        position++;
        if (c == '-' && peek(0) == '>') {
            position++;
            return new Token(Kind.SYMBOL, "->");
        }
        switch (c) {
            case '(', '[', '{' -> brackets++;
            case ')', ']', '}' -> brackets = Math.max(0, brackets - 1);
            case ',', ':', '=', '.', '-', '*' -> {
                return new Token(Kind.SYMBOL, String.valueOf(c));
            }
            default -> throw error("'" + (c < ' ' ? '?' : c) + "' is no part of the language,");
        }
        return new Token(Kind.SYMBOL, String.valueOf(c));
    }
}
