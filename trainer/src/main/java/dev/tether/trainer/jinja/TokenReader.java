package dev.tether.trainer.jinja;

import dev.tether.trainer.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template, one after the other. */
final class TokenReader {
    private final List<Token> tokens;
    private int at;

    TokenReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekSecond() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** The next token; the end is never passed. */
    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean take(String operator) {
        return takeIf(peek().is(Kind.OPERATOR, operator));
    }

    boolean takeName(String name) {
        return takeIf(peek().is(Kind.NAME, name));
    }

    private boolean takeIf(boolean wanted) {
        if (wanted) {
            next();
        }
        return wanted;
    }

    void expect(String operator) {
        if (!take(operator)) {
            throw fault(operator + " is missing before " + peek().text());
        }
    }

    void expect(Kind kind) {
        Token token = next();
        if (token.kind() != kind) {
            throw fault("unexpected " + token.text());
        }
    }

    String name() {
        Token token = next();
        if (token.kind() != Kind.NAME) {
            throw fault("a name is missing before " + token.text());
        }
        return token.text();
    }

    TemplateException fault(String what) {
        return new TemplateException("line " + peek().line() + ": " + what);
    }
}
