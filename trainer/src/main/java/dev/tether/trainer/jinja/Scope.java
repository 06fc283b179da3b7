package dev.tether.trainer.jinja;

import java.util.HashMap;
import java.util.Map;

/** Names and what they stand for. A loop's body has a scope of its own: what it sets is forgotten with the round. */
final class Scope {
    private final Scope outer;
    private final Map<String, Object> values;

    Scope(Map<String, Object> values) {
        this.outer = null;
        this.values = new HashMap<>(values);
    }

    private Scope(Scope outer) {
        this.outer = outer;
        this.values = new HashMap<>();
    }

    Scope inner() {
        return new Scope(this);
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.values.containsKey(name)) {
                return scope.values.get(name);
            }
        }
        return Values.UNDEFINED;
    }

    void set(String name, Object value) {
        values.put(name, value);
    }
}
