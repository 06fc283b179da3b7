package dev.tether.trainer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What two values give. */
final class Operators {
    private Operators() {}

    static Object apply(Expression.Binary binary, Function<Expression, Object> values) {
        Object left = values.apply(binary.left());
        if (binary.operator().equals("and") || binary.operator().equals("or")) {
            boolean decided = Values.isTrue(left) == binary.operator().equals("or");
            return decided ? left : values.apply(binary.right());
        }
        Object right = values.apply(binary.right());
        return switch (binary.operator()) {
            case "==" -> Values.equal(left, right);
            case "!=" -> !Values.equal(left, right);
            case "<" -> compare(left, right) < 0;
            case "<=" -> compare(left, right) <= 0;
            case ">" -> compare(left, right) > 0;
            case ">=" -> compare(left, right) >= 0;
            case "in" -> Builtins.contains(right, left);
            case "not in" -> !Builtins.contains(right, left);
            case "~" -> joined(Values.text(left), Values.text(right));
            case "+" -> sum(left, right);
            default -> arithmetic(binary.operator(), left, right);
        };
    }

    private static int compare(Object left, Object right) {
        if (left instanceof Long one && right instanceof Long other) {
            return one.compareTo(other);
        }
        if (left instanceof String one && right instanceof String other) {
            return one.compareTo(other);
        }
        throw new TemplateException(Values.kind(left) + " cannot be compared with " + Values.kind(right));
    }

    private static String joined(String one, String other) {
        Limits.requireLength((long) one.length() + other.length());
        return one + other;
    }

    private static Object sum(Object left, Object right) {
        if (left instanceof String one && right instanceof String other) {
            return joined(one, other);
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            Limits.requireLength((long) one.size() + other.size());
            List<Object> both = new ArrayList<>(one);
            both.addAll(other);
            return both;
        }
        return arithmetic("+", left, right);
    }

    private static Long arithmetic(String operator, Object left, Object right) {
        if (!(left instanceof Long one) || !(right instanceof Long other)) {
            throw new TemplateException(
                    Values.kind(left) + " " + operator + " " + Values.kind(right) + " is not supported");
        }
        if ("//%".contains(operator) && !operator.equals("/") && other == 0) {
            throw new TemplateException("divides by zero");
        }
        return switch (operator) {
            case "+" -> one + other;
            case "-" -> one - other;
            case "*" -> one * other;
            case "//" -> Math.floorDiv(one, other);
            case "%" -> Math.floorMod(one, other);
            default -> throw new TemplateException("the operator " + operator + " is not supported");
        };
    }
}
