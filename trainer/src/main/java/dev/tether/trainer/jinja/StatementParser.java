package dev.tether.trainer.jinja;

import dev.tether.trainer.jinja.Statement.Branch;
import dev.tether.trainer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads statements. What is not known is refused by its name, never skipped. */
final class StatementParser {
    private static final int DEEPEST = 64;

    private final TokenReader in;
    private final ExpressionParser expressions;
    private int depth;

    private StatementParser(TokenReader in) {
        this.in = in;
        this.expressions = new ExpressionParser(in);
    }

    static List<Statement> parse(String template) {
        StatementParser parser = new StatementParser(new TokenReader(Lexer.tokens(template)));
        return parser.until(Set.of());
    }

    /** Statements up to a tag of one of the names, whose name has then been read; to the end where there is no name. */
    private List<Statement> until(Set<String> ends) {
        if (++depth > DEEPEST) {
            throw in.fault("statements are nested too deeply");
        }
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = in.next();
            switch (token.kind()) {
                case TEXT -> body.add(new Statement.Text(token.text()));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(expressions.expression()));
                    in.expect(Kind.PRINT_END);
                }
                case TAG_BEGIN -> {
                    if (ends.contains(in.peek().text())) {
                        depth--;
                        return body;
                    }
                    tag(body);
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw in.fault("one of " + ends + " is missing");
                    }
                    return body;
                }
            }
        }
    }

    private void tag(List<Statement> body) {
        String name = in.name();
        switch (name) {
            case "if" -> body.add(ifTag());
            case "for" -> body.add(forTag());
            case "set" -> body.add(setTag());
            case "break", "continue" -> {
                body.add(new Statement.Leave(name.equals("break")));
                in.expect(Kind.TAG_END);
            }
            case "generation" -> {
                // marks what the assistant says; changes nothing
                in.expect(Kind.TAG_END);
                body.addAll(until(Set.of("endgeneration")));
                end("endgeneration");
            }
            default -> throw in.fault("the tag " + name + " is not supported");
        }
    }

    private void end(String name) {
        if (!in.takeName(name)) {
            throw in.fault(name + " is missing before " + in.peek().text());
        }
        in.expect(Kind.TAG_END);
    }

    private Statement ifTag() {
        List<Branch> branches = new ArrayList<>();
        Expression condition = expressions.expression();
        while (true) {
            in.expect(Kind.TAG_END);
            branches.add(new Branch(condition, until(Set.of("elif", "else", "endif"))));
            if (in.takeName("elif")) {
                condition = expressions.expression();
                continue;
            }
            if (in.takeName("else")) {
                in.expect(Kind.TAG_END);
                branches.add(new Branch(null, until(Set.of("endif"))));
            }
            end("endif");
            return new Statement.If(branches);
        }
    }

    private Statement forTag() {
        List<String> names = new ArrayList<>(List.of(in.name()));
        while (in.take(",")) {
            names.add(in.name());
        }
        if (!in.takeName("in")) {
            throw in.fault("in is missing before " + in.peek().text());
        }
        Expression over = expressions.or();
        Expression condition = in.takeName("if") ? expressions.expression() : null;
        in.expect(Kind.TAG_END);
        List<Statement> body = until(Set.of("else", "endfor"));
        List<Statement> otherwise = List.of();
        if (in.takeName("else")) {
            in.expect(Kind.TAG_END);
            otherwise = until(Set.of("endfor"));
        }
        end("endfor");
        return new Statement.For(names, over, condition, body, otherwise);
    }

    private Statement setTag() {
        String name = in.name();
        String attribute = in.take(".") ? in.name() : null;
        if (in.take("=")) {
            Expression value = expressions.expression();
            in.expect(Kind.TAG_END);
            return new Statement.Set(name, attribute, value);
        }
        in.expect(Kind.TAG_END);
        List<Statement> body = until(Set.of("endset"));
        end("endset");
        return new Statement.SetText(name, body);
    }
}
