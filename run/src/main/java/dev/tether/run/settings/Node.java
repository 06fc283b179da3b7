package dev.tether.run.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a settings text that remembers where it stood. */
sealed interface Node {
    /** Where it stood, as a user finds it: {@code run.yaml:3:5} or {@code --set update.epochs=2}. */
    String place();

    /** The value as a message shows it. */
    String shown();

    /** What a scalar was written as. */
    enum Kind {
        TEXT,
        WHOLE,
        FRACTION,
        TRUTH,
        NOTHING,
        /** From a command line, where a number and a text look the same. */
        UNQUOTED
    }

    record Scalar(String place, Kind kind, String text) implements Node {
        private static final int SHOWN_LENGTH = 60;

        @Override
        public String shown() {
            if (kind == Kind.NOTHING) {
                return "null";
            }
            String cut = text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "…";
            return kind == Kind.TEXT ? "\"" + cut + "\"" : cut;
        }
    }

    record Sequence(String place, List<Node> items) implements Node {
        @Override
        public String shown() {
            return "a list";
        }
    }

    /** Keys with their values; {@code keyPlaces} says where each key stood. */
    record Mapping(String place, Map<String, Node> values, Map<String, String> keyPlaces) implements Node {
        static Mapping empty(String place) {
            return new Mapping(place, new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        @Override
        public String shown() {
            return "a section";
        }

        void put(String key, Node value, String keyPlace) {
            values.put(key, value);
            keyPlaces.put(key, keyPlace);
        }
    }
}
