package dev.tether.trainer.jinja;

import java.util.List;

/** What writes text or changes a name. */
sealed interface Statement {
    record Text(String text) implements Statement {}

    record Print(Expression value) implements Statement {}

    /** The first branch whose condition holds; the last one's may be null: always. */
    record If(List<Branch> branches) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    /** {@code condition} may be null. */
    record For(
            List<String> names, Expression over, Expression condition, List<Statement> body, List<Statement> otherwise)
            implements Statement {}

    /** {@code name = value}, or {@code name.attribute = value} of a namespace where {@code attribute} is not null. */
    record Set(String name, String attribute, Expression value) implements Statement {}

    /** A name for the text that the body writes. */
    record SetText(String name, List<Statement> body) implements Statement {}

    record Leave(boolean forGood) implements Statement {}
}
