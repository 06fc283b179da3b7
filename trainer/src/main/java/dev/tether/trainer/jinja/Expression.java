package dev.tether.trainer.jinja;

import java.util.List;
import java.util.Map;

/** What has a value. */
sealed interface Expression {
    record Literal(Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record MapOf(Map<String, Expression> entries) implements Expression {}

    /** {@code of.name} or {@code of["name"]}. */
    record Item(Expression of, Expression key) implements Expression {}

    /** Ends that are not given are null. */
    record Slice(Expression of, Expression from, Expression to, Expression step) implements Expression {}

    /** A function, or a method where {@code of} is not null. */
    record Call(Expression of, String name, Arguments arguments) implements Expression {}

    record Filter(Expression of, String name, Arguments arguments) implements Expression {}

    record Test(Expression of, String name, Arguments arguments) implements Expression {}

    /** {@code not x}, {@code -x}. */
    record Unary(String operator, Expression of) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /** {@code otherwise} may be null. */
    record Choice(Expression condition, Expression then, Expression otherwise) implements Expression {}

    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
