package dev.tether.trainer.jinja;

import dev.tether.trainer.jinja.Expression.Arguments;
import dev.tether.trainer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads expressions, from the loosest binding to the tightest, as Jinja2 orders them. */
final class ExpressionParser {
    private static final int DEEPEST = 64;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "if", "in", "not", "recursive");

    private final TokenReader in;
    private int depth;

    ExpressionParser(TokenReader in) {
        this.in = in;
    }

    Expression expression() {
        if (++depth > DEEPEST) {
            throw in.fault("an expression is nested too deeply");
        }
        Expression value = or();
        while (in.takeName("if")) {
            Expression condition = or();
            Expression otherwise = in.takeName("else") ? expression() : null;
            value = new Expression.Choice(condition, value, otherwise);
        }
        depth--;
        return value;
    }

    /** Without {@code x if y}, which in a loop's head would be read as its condition. */
    Expression or() {
        Expression left = and();
        while (in.takeName("or")) {
            left = new Expression.Binary("or", left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (in.takeName("and")) {
            left = new Expression.Binary("and", left, not());
        }
        return left;
    }

    private Expression not() {
        if (!in.takeName("not")) {
            return comparison();
        }
        if (++depth > DEEPEST) {
            throw in.fault("an expression is nested too deeply");
        }
        Expression negated = new Expression.Unary("not", not());
        depth--;
        return negated;
    }

    private Expression comparison() {
        Expression left = sum();
        Expression all = null;
        while (true) {
            String operator = comparisonOperator();
            if (operator == null) {
                return all == null ? left : all;
            }
            Expression right = sum();
            Expression one = new Expression.Binary(operator, left, right);
            all = all == null ? one : new Expression.Binary("and", all, one);
            left = right;
        }
    }

    private String comparisonOperator() {
        if (in.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(in.peek().text())) {
            return in.next().text();
        }
        if (in.takeName("in")) {
            return "in";
        }
        if (in.peek().is(Kind.NAME, "not") && in.peekSecond().is(Kind.NAME, "in")) {
            in.next();
            in.next();
            return "not in";
        }
        return null;
    }

    private Expression sum() {
        Expression left = concatenation();
        while (in.peek().is(Kind.OPERATOR, "+") || in.peek().is(Kind.OPERATOR, "-")) {
            left = new Expression.Binary(in.next().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (in.take("~")) {
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (in.peek().kind() == Kind.OPERATOR
                && Set.of("*", "/", "//", "%").contains(in.peek().text())) {
            left = new Expression.Binary(in.next().text(), left, unary());
        }
        return left;
    }

    private Expression unary() {
        if (in.take("-")) {
            return filtered(new Expression.Unary("-", postfix(primary())));
        }
        return filtered(postfix(primary()));
    }

    private Expression filtered(Expression value) {
        Expression result = value;
        while (true) {
            if (in.take("|")) {
                result = new Expression.Filter(result, in.name(), arguments());
            } else if (in.takeName("is")) {
                boolean negated = in.takeName("not");
                Expression test = new Expression.Test(result, in.name(), testArguments());
                result = negated ? new Expression.Unary("not", test) : test;
            } else {
                return result;
            }
        }
    }

    private Arguments testArguments() {
        Token next = in.peek();
        boolean bare = Set.of(Kind.STRING, Kind.NUMBER).contains(next.kind())
                || next.kind() == Kind.NAME && !NO_ARGUMENT.contains(next.text())
                || next.is(Kind.OPERATOR, "[")
                || next.is(Kind.OPERATOR, "{");
        return bare ? new Arguments(List.of(postfix(primary())), Map.of()) : arguments();
    }

    /** What stands in parentheses, if they are there. */
    private Arguments arguments() {
        if (!in.take("(")) {
            return Arguments.NONE;
        }
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!in.take(")")) {
            if (in.peek().kind() == Kind.NAME && in.peekSecond().is(Kind.OPERATOR, "=")) {
                String name = in.name();
                in.expect("=");
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
            if (!in.peek().is(Kind.OPERATOR, ")")) {
                in.expect(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression postfix(Expression value) {
        Expression result = value;
        while (true) {
            if (in.take(".")) {
                String name = in.name();
                result = in.peek().is(Kind.OPERATOR, "(")
                        ? new Expression.Call(result, name, arguments())
                        : new Expression.Item(result, new Expression.Literal(name));
            } else if (in.take("[")) {
                result = subscript(result);
            } else if (in.peek().is(Kind.OPERATOR, "(") && result instanceof Expression.Name name) {
                result = new Expression.Call(null, name.name(), arguments());
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression of) {
        Expression first = in.peek().is(Kind.OPERATOR, ":") ? null : expression();
        if (in.take("]")) {
            return new Expression.Item(of, first);
        }
        in.expect(":");
        Expression to = sliceEnd();
        Expression step = in.take(":") ? sliceEnd() : null;
        in.expect("]");
        return new Expression.Slice(of, first, to, step);
    }

    private Expression sliceEnd() {
        boolean none = in.peek().is(Kind.OPERATOR, ":") || in.peek().is(Kind.OPERATOR, "]");
        return none ? null : expression();
    }

    private Expression primary() {
        Token token = in.next();
        return switch (token.kind()) {
            case STRING -> string(token);
            case NUMBER -> new Expression.Literal(number(token));
            case NAME -> named(token.text());
            case OPERATOR -> bracketed(token);
            default -> throw in.fault("a value is missing before " + token.text());
        };
    }

    private Expression string(Token first) {
        StringBuilder all = new StringBuilder(first.text());
        while (in.peek().kind() == Kind.STRING) {
            all.append(in.next().text());
        }
        return new Expression.Literal(all.toString());
    }

    private Long number(Token token) {
        try {
            return Long.valueOf(token.text());
        } catch (NumberFormatException e) {
            throw in.fault(token.text() + " is too large a number");
        }
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(null);
            default -> new Expression.Name(name);
        };
    }

    private Expression bracketed(Token token) {
        switch (token.text()) {
            case "(" -> {
                Expression inner = expression();
                in.expect(")");
                return inner;
            }
            case "[" -> {
                List<Expression> items = new ArrayList<>();
                while (!in.take("]")) {
                    items.add(expression());
                    if (!in.peek().is(Kind.OPERATOR, "]")) {
                        in.expect(",");
                    }
                }
                return new Expression.ListOf(items);
            }
            case "{" -> {
                Map<String, Expression> entries = new LinkedHashMap<>();
                while (!in.take("}")) {
                    Token key = in.next();
                    if (key.kind() != Kind.STRING) {
                        throw in.fault("the key " + key.text() + " of a map must be a string");
                    }
                    in.expect(":");
                    entries.put(key.text(), expression());
                    if (!in.peek().is(Kind.OPERATOR, "}")) {
                        in.expect(",");
                    }
                }
                return new Expression.MapOf(entries);
            }
            default -> throw in.fault("unexpected " + token.text());
        }
    }
}
