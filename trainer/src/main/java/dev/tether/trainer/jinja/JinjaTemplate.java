package dev.tether.trainer.jinja;

import dev.tether.trainer.jinja.Values.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of Jinja2 that chat templates are written in, with {@code trim_blocks} and {@code lstrip_blocks}. What is not
 * part of it is refused by its name, never skipped. A template sees only the values it is given and cannot reach a file, a
 * clock or a Java object; steps, nesting and length are limited.
 */
public final class JinjaTemplate {
    /** How a list of statements was left. */
    private enum Left {
        AT_ITS_END,
        FOR_THE_NEXT_ROUND,
        FOR_GOOD
    }

    private final List<Statement> statements;

    private JinjaTemplate(List<Statement> statements) {
        this.statements = statements;
    }

    /** @throws TemplateException when it cannot be read */
    public static JinjaTemplate parse(String template) {
        Limits.requireLength(template.length());
        return new JinjaTemplate(StatementParser.parse(template));
    }

    /**
     * The text it gives.
     *
     * @param values by name: null, Boolean, Long, String, and lists and maps of these
     * @throws TemplateException when the template refuses them, or asks for what is not there
     */
    public String render(Map<String, Object> values) {
        Rendering rendering = new Rendering();
        rendering.run(statements, new Scope(values));
        return rendering.out.toString();
    }

    private static final class Rendering {
        private final Limits limits = new Limits();
        private final Evaluator evaluator = new Evaluator(limits);
        private StringBuilder out = new StringBuilder();

        private Left run(List<Statement> statements, Scope scope) {
            for (Statement statement : statements) {
                limits.step();
                Left left = run(statement, scope);
                if (left != Left.AT_ITS_END) {
                    return left;
                }
            }
            return Left.AT_ITS_END;
        }

        private Left run(Statement statement, Scope scope) {
            if (statement instanceof Statement.Text text) {
                write(text.text());
            } else if (statement instanceof Statement.Print print) {
                write(Values.text(evaluator.value(print.value(), scope)));
            } else if (statement instanceof Statement.Set set) {
                set(set, scope);
            } else if (statement instanceof Statement.SetText set) {
                StringBuilder outer = out;
                out = new StringBuilder();
                run(set.body(), scope.inner());
                scope.set(set.name(), out.toString());
                out = outer;
            } else if (statement instanceof Statement.If choice) {
                return choose(choice, scope);
            } else if (statement instanceof Statement.For loop) {
                repeat(loop, scope);
            } else if (statement instanceof Statement.Leave leave) {
                return leave.forGood() ? Left.FOR_GOOD : Left.FOR_THE_NEXT_ROUND;
            }
            return Left.AT_ITS_END;
        }

        private void write(String text) {
            Limits.requireLength((long) out.length() + text.length());
            out.append(text);
        }

        private void set(Statement.Set set, Scope scope) {
            Object value = evaluator.value(set.value(), scope);
            if (set.attribute() == null) {
                scope.set(set.name(), value);
            } else if (scope.get(set.name()) instanceof Namespace namespace) {
                namespace.values().put(set.attribute(), value);
            } else {
                throw new TemplateException("sets " + set.name() + "." + set.attribute() + ", which is no namespace");
            }
        }

        private Left choose(Statement.If choice, Scope scope) {
            for (Statement.Branch branch : choice.branches()) {
                if (branch.condition() == null || Values.isTrue(evaluator.value(branch.condition(), scope))) {
                    return run(branch.body(), scope);
                }
            }
            return Left.AT_ITS_END;
        }

        private void repeat(Statement.For loop, Scope scope) {
            List<Object> items = new ArrayList<>();
            for (Object item : Builtins.items(evaluator.value(loop.over(), scope))) {
                if (loop.condition() == null
                        || Values.isTrue(evaluator.value(loop.condition(), named(loop, item, scope)))) {
                    items.add(item);
                }
            }
            if (items.isEmpty()) {
                run(loop.otherwise(), scope.inner());
            }
            for (int i = 0; i < items.size(); i++) {
                Scope round = named(loop, items.get(i), scope);
                round.set("loop", loopValues(items, i));
                if (run(loop.body(), round) == Left.FOR_GOOD) {
                    return;
                }
            }
        }

        private static Scope named(Statement.For loop, Object item, Scope scope) {
            Scope round = scope.inner();
            if (loop.names().size() == 1) {
                round.set(loop.names().get(0), item);
                return round;
            }
            List<Object> parts = Builtins.items(item);
            if (parts.size() != loop.names().size()) {
                throw new TemplateException(
                        "a loop has " + loop.names().size() + " names for " + parts.size() + " values");
            }
            for (int i = 0; i < parts.size(); i++) {
                round.set(loop.names().get(i), parts.get(i));
            }
            return round;
        }

        private static Map<String, Object> loopValues(List<Object> items, int i) {
            long size = items.size();
            Map<String, Object> loop = new HashMap<>();
            loop.put("index", i + 1L);
            loop.put("index0", (long) i);
            loop.put("revindex", size - i);
            loop.put("revindex0", size - i - 1);
            loop.put("first", i == 0);
            loop.put("last", i == size - 1);
            loop.put("length", size);
            loop.put("previtem", i == 0 ? Values.UNDEFINED : items.get(i - 1));
            loop.put("nextitem", i == size - 1 ? Values.UNDEFINED : items.get(i + 1));
            return loop;
        }
    }
}
