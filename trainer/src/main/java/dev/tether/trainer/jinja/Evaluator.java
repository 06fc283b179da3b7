package dev.tether.trainer.jinja;

import dev.tether.trainer.jinja.Expression.Arguments;
import dev.tether.trainer.jinja.Values.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Evaluates expressions. There is no way from a template to a Java object: see {@link Values}. */
final class Evaluator {
    private static final int LONGEST_RANGE = 10_000;

    private final Limits limits;

    Evaluator(Limits limits) {
        this.limits = limits;
    }

    Object value(Expression expression, Scope scope) {
        limits.step();
        if (expression instanceof Expression.Literal literal) {
            return literal.value();
        } else if (expression instanceof Expression.Name name) {
            return scope.get(name.name());
        } else if (expression instanceof Expression.ListOf list) {
            return values(list.items(), scope);
        } else if (expression instanceof Expression.MapOf map) {
            return values(map.entries(), scope);
        } else if (expression instanceof Expression.Item item) {
            return item(value(item.of(), scope), value(item.key(), scope));
        } else if (expression instanceof Expression.Slice slice) {
            return slice(slice, scope);
        } else if (expression instanceof Expression.Call call) {
            return call(call, scope);
        } else if (expression instanceof Expression.Filter filter) {
            return filter(filter, scope);
        } else if (expression instanceof Expression.Test test) {
            return Builtins.test(
                    test.name(),
                    value(test.of(), scope),
                    positional("the test " + test.name(), test.arguments(), scope));
        } else if (expression instanceof Expression.Unary unary) {
            return unary(unary, scope);
        } else if (expression instanceof Expression.Choice choice) {
            return choice(choice, scope);
        }
        return Operators.apply((Expression.Binary) expression, side -> value(side, scope));
    }

    private List<Object> values(List<Expression> items, Scope scope) {
        List<Object> values = new ArrayList<>();
        items.forEach(item -> values.add(value(item, scope)));
        return values;
    }

    private Map<String, Object> values(Map<String, Expression> entries, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        entries.forEach((key, item) -> values.put(key, value(item, scope)));
        return values;
    }

    private List<Object> positional(String what, Arguments arguments, Scope scope) {
        if (!arguments.named().isEmpty()) {
            throw new TemplateException(what + " takes no argument "
                    + arguments.named().keySet().iterator().next());
        }
        return values(arguments.positional(), scope);
    }

    private Object choice(Expression.Choice choice, Scope scope) {
        if (Values.isTrue(value(choice.condition(), scope))) {
            return value(choice.then(), scope);
        }
        return choice.otherwise() == null ? Values.UNDEFINED : value(choice.otherwise(), scope);
    }

    private Object unary(Expression.Unary unary, Scope scope) {
        Object value = value(unary.of(), scope);
        if (unary.operator().equals("not")) {
            return !Values.isTrue(value);
        }
        if (value instanceof Long number) {
            return -number;
        }
        throw new TemplateException(Values.kind(value) + " has no opposite");
    }

    private static Object item(Object of, Object key) {
        if (of instanceof Namespace namespace) {
            return namespace.values().getOrDefault(key, Values.UNDEFINED);
        }
        if (of instanceof Map<?, ?> map) {
            return map.containsKey(key) ? map.get(key) : Values.UNDEFINED;
        }
        if (of == Values.UNDEFINED) {
            throw new TemplateException(
                    key instanceof String name
                            ? "asks for " + name + " of something undefined"
                            : "asks something undefined");
        }
        if (key instanceof Long index && (of instanceof List || of instanceof String)) {
            List<Object> items = Builtins.items(of);
            long at = index < 0 ? index + items.size() : index;
            return at >= 0 && at < items.size() ? items.get((int) at) : Values.UNDEFINED;
        }
        return Values.UNDEFINED;
    }

    private Object slice(Expression.Slice slice, Scope scope) {
        Object of = value(slice.of(), scope);
        List<Object> items = Builtins.items(of);
        long step = bound(slice.step(), 1, scope);
        if (step == 0) {
            throw new TemplateException("a slice has the step 0");
        }
        long size = items.size();
        long from = within(bound(slice.from(), step > 0 ? 0 : size - 1, scope), size, step);
        long to = slice.to() == null ? (step > 0 ? size : -1) : within(bound(slice.to(), 0, scope), size, step);
        List<Object> part = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            part.add(items.get((int) i));
        }
        return of instanceof String
                ? String.join("", part.stream().map(Values::text).toList())
                : part;
    }

    private long bound(Expression bound, long otherwise, Scope scope) {
        if (bound == null) {
            return otherwise;
        }
        Object value = value(bound, scope);
        if (value instanceof Long number) {
            return number;
        }
        throw new TemplateException("a slice ends at " + Values.kind(value) + ", must be a number");
    }

    /** An end of a slice as Python takes it: counted from behind where negative, never outside. */
    private static long within(long bound, long size, long step) {
        long at = bound < 0 ? bound + size : bound;
        return step > 0 ? Math.max(0, Math.min(size, at)) : Math.max(-1, Math.min(size - 1, at));
    }

    private Object call(Expression.Call call, Scope scope) {
        if (call.of() != null) {
            Object of = value(call.of(), scope);
            return Builtins.method(of, call.name(), positional(call.name(), call.arguments(), scope));
        }
        return switch (call.name()) {
            case "namespace" -> new Namespace(values(call.arguments().named(), scope));
            case "raise_exception" ->
                throw new TemplateException("says: "
                        + Values.text(
                                positional(call.name(), call.arguments(), scope).get(0)));
            case "range" -> range(positional(call.name(), call.arguments(), scope));
            default -> throw new TemplateException("the function " + call.name() + " is not supported");
        };
    }

    private static List<Object> range(List<Object> arguments) {
        if (arguments.isEmpty() || arguments.size() > 2 || !arguments.stream().allMatch(Long.class::isInstance)) {
            throw new TemplateException("range needs one or two numbers");
        }
        long from = arguments.size() == 1 ? 0 : (Long) arguments.get(0);
        long to = (Long) arguments.get(arguments.size() - 1);
        if (to - from > LONGEST_RANGE) {
            throw new TemplateException("counts further than " + LONGEST_RANGE);
        }
        return LongStream.range(from, to).<Object>mapToObj(Long::valueOf).toList();
    }

    private Object filter(Expression.Filter filter, Scope scope) {
        Object of = value(filter.of(), scope);
        List<Object> arguments = values(filter.arguments().positional(), scope);
        Map<String, Object> named = values(filter.arguments().named(), scope);
        if (filter.name().equals("map") && named.containsKey("attribute")) {
            return Builtins.items(of).stream()
                    .map(item -> item(item, named.get("attribute")))
                    .toList();
        }
        if (filter.name().equals("selectattr") || filter.name().equals("rejectattr")) {
            boolean wanted = filter.name().equals("selectattr");
            return Builtins.items(of).stream()
                    .filter(item -> hasAttribute(item, arguments) == wanted)
                    .toList();
        }
        if (!named.isEmpty()) {
            throw new TemplateException("the filter " + filter.name() + " takes no argument "
                    + named.keySet().iterator().next() + " here");
        }
        return Builtins.filter(filter.name(), of, arguments);
    }

    private static boolean hasAttribute(Object item, List<Object> arguments) {
        Object value = item(item, arguments.get(0));
        return arguments.size() == 1
                ? Values.isTrue(value)
                : Builtins.test(Values.text(arguments.get(1)), value, arguments.subList(2, arguments.size()));
    }
}
