package dev.tether.trainer.jinja;

import dev.tether.trainer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into tokens, with {@code trim_blocks} and {@code lstrip_blocks}, as transformers sets them: the line
 * break after a tag and the blanks before it on its line are not part of the text.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "==", "!=", "<=", ">=", "//", "**", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "+", "-", "*", "/",
            "%", "~", "<", ">", "=");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /** Whether what comes next stands at the beginning of a line. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String unified = template.replace("\r\n", "\n").replace('\r', '\n');
        // the last line break of a template is not part of it
        return new Lexer(unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified).run();
    }

    private List<Token> run() {
        while (at < source.length()) {
            int next = nextOpening();
            text(next);
            if (next < source.length()) {
                opening();
            }
        }
        add(Kind.END, "the end");
        return tokens;
    }

    private int nextOpening() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    private void text(int end) {
        String text = source.substring(at, end);
        if (end + 2 < source.length() && source.charAt(end + 2) == '-') {
            text = text.stripTrailing();
        } else if (end < source.length()
                && source.charAt(end + 1) != '{'
                && !(end + 2 < source.length() && source.charAt(end + 2) == '+')) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarts) && text.substring(lineStart).isBlank()) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            add(Kind.TEXT, text);
        }
        advance(end - at);
    }

    private void opening() {
        char kind = source.charAt(at + 1);
        boolean marked = at + 2 < source.length() && "-+".indexOf(source.charAt(at + 2)) >= 0;
        if (kind == '#') {
            int end = source.indexOf("#}", at + 2);
            if (end < 0) {
                throw fault("a comment has no end");
            }
            char mark = source.charAt(end - 1);
            advance(end + 2 - at);
            closed(mark, '%');
            return;
        }
        add(kind == '{' ? Kind.PRINT_BEGIN : Kind.TAG_BEGIN, source.substring(at, at + 2));
        advance(marked ? 3 : 2);
        inside(kind == '{' ? '}' : '%');
    }

    /** Tokens up to the end of a tag or print. */
    private void inside(char closing) {
        int depth = 0;
        while (true) {
            skipBlanks();
            if (at >= source.length()) {
                throw fault("a tag has no end");
            }
            if (depth == 0 && closes(closing)) {
                return;
            }
            char c = source.charAt(at);
            if (c == '"' || c == '\'') {
                string(c);
            } else if (Character.isDigit(c)) {
                run(Kind.NUMBER, ch -> Character.isDigit(ch));
            } else if (c == '_' || Character.isLetter(c)) {
                run(Kind.NAME, ch -> ch == '_' || Character.isLetterOrDigit(ch));
            } else {
                depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
                operator();
            }
        }
    }

    private boolean closes(char closing) {
        char mark = source.charAt(at);
        int end = mark == '-' || mark == '+' ? at + 1 : at;
        if (end + 1 >= source.length() || source.charAt(end) != closing || source.charAt(end + 1) != '}') {
            return false;
        }
        add(closing == '}' ? Kind.PRINT_END : Kind.TAG_END, source.substring(at, end + 2));
        advance(end + 2 - at);
        closed(mark, closing);
        return true;
    }

    /** What the end of a tag takes of the text behind it. */
    private void closed(char mark, char closing) {
        int before = at;
        if (mark == '-') {
            skipBlanks();
        } else if (closing == '%' && mark != '+' && at < source.length() && source.charAt(at) == '\n') {
            advance(1);
        }
        lineStarts = at > before && source.charAt(at - 1) == '\n';
    }

    private interface CharacterClass {
        boolean has(char c);
    }

    private void run(Kind kind, CharacterClass wanted) {
        int end = at;
        while (end < source.length() && wanted.has(source.charAt(end))) {
            end++;
        }
        add(kind, source.substring(at, end));
        advance(end - at);
    }

    private void string(char quote) {
        StringBuilder value = new StringBuilder();
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            char c = source.charAt(end++);
            if (c != '\\' || end == source.length()) {
                value.append(c);
                continue;
            }
            char escaped = source.charAt(end++);
            switch (escaped) {
                case 'n' -> value.append('\n');
                case 't' -> value.append('\t');
                case 'r' -> value.append('\r');
                case '\\', '\'', '"' -> value.append(escaped);
                case 'u' -> {
                    value.append((char) hex(end));
                    end += 4;
                }
                default -> value.append('\\').append(escaped);
            }
        }
        if (end >= source.length()) {
            throw fault("a string has no end");
        }
        add(Kind.STRING, value.toString());
        advance(end + 1 - at);
    }

    private int hex(int from) {
        try {
            return Integer.parseInt(source.substring(from, Math.min(source.length(), from + 4)), 16);
        } catch (NumberFormatException e) {
            throw fault("a string has a broken \\u escape");
        }
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                add(Kind.OPERATOR, operator);
                advance(operator.length());
                return;
            }
        }
        throw fault("unexpected character '" + source.charAt(at) + "'");
    }

    private void skipBlanks() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            advance(1);
        }
    }

    private void advance(int characters) {
        for (int i = 0; i < characters; i++) {
            line += source.charAt(at++) == '\n' ? 1 : 0;
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private TemplateException fault(String what) {
        return new TemplateException("line " + line + ": " + what);
    }
}
