package dev.tether.trainer.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** A grammar in the notation that the head of {@code reviews.grammar} explains: its products and its rules. */
final class GrammarFile {
    private final List<Product> products = new ArrayList<>();
    private final Map<String, Product.Aspect> aspects = new LinkedHashMap<>();
    private final List<Rule> rules = new ArrayList<>();

    /** What is said in one scope is one object, so that a chart reads it once. */
    private final Map<Use, Phrase> phrases = new HashMap<>();

    private final Map<Phrase, Phrase> capitalised = new IdentityHashMap<>();

    private record Use(String rule, Scope scope) {}

    private record Rule(String name, Set<String> tags, List<Alternative> alternatives) {}

    private record Alternative(double weight, String text) {}

    GrammarFile(List<String> lines) {
        List<String> productLines = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                readLine(lines.get(i), productLines);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("grammar, line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        productLines.forEach(line -> products.add(product(line)));
    }

    List<Product> products() {
        return List.copyOf(products);
    }

    /** What the rule {@code name} may say in {@code scope}. */
    Phrase phrase(String name, Scope scope) {
        Use use = new Use(name, scope);
        Phrase phrase = phrases.get(use);
        if (phrase == null) {
            phrase = new Phrase.Choice(rule(name, scope).alternatives().stream()
                    .map(alternative -> new Phrase.Option(alternative.weight(), read(alternative, scope)))
                    .toList());
            phrases.put(use, phrase);
        }
        return phrase;
    }

    private Phrase read(Alternative alternative, Scope scope) {
        return new GrammarNotation(alternative.text(), reference -> resolve(reference, scope)).phrase();
    }

    boolean has(String name, Scope scope) {
        return rules.stream().anyMatch(rule -> applies(rule, name, scope));
    }

    private Phrase resolve(String reference, Scope scope) {
        if (reference.startsWith("other:")) {
            return resolve(reference.substring("other:".length()), scope.other());
        }
        if (Character.isUpperCase(reference.charAt(0))) {
            String name = Character.toLowerCase(reference.charAt(0)) + reference.substring(1);
            return capitalised.computeIfAbsent(resolve(name, scope), Phrase::capitalised);
        }
        String noun = scope.nouns().get(reference);
        return noun != null ? new Phrase.Word(noun) : phrase(reference, scope.alone());
    }

    private Rule rule(String name, Scope scope) {
        List<Rule> found = rules.stream()
                .filter(rule -> applies(rule, name, scope))
                .sorted(Comparator.comparingInt((Rule rule) -> rule.tags().size())
                        .reversed())
                .toList();
        if (found.isEmpty()) {
            throw new NoSuchElementException("the grammar has no rule \"" + name + "\" for " + scope.tags());
        }
        if (found.size() > 1
                && found.get(0).tags().size() == found.get(1).tags().size()) {
            throw new IllegalArgumentException("the grammar has two rules \"" + name + "\" for " + scope.tags() + ": "
                    + found.get(0).tags() + " and " + found.get(1).tags());
        }
        return found.get(0);
    }

    private static boolean applies(Rule rule, String name, Scope scope) {
        return rule.name().equals(name) && scope.tags().containsAll(rule.tags());
    }

    private void readLine(String line, List<String> productLines) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith(" ")) {
            readAlternative(line.strip());
        } else if (line.startsWith("aspect ")) {
            String[] parts = parts(line, 4);
            aspects.put(parts[1], new Product.Aspect(parts[1], parts[2], parts[3]));
        } else if (line.startsWith("product ")) {
            productLines.add(line);
        } else {
            String[] parts = line.split("[ @]+");
            rules.add(new Rule(parts[0], Set.of(Arrays.copyOfRange(parts, 1, parts.length)), new ArrayList<>()));
        }
    }

    private void readAlternative(String text) {
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("an alternative stands before the first rule");
        }
        boolean weighted = Character.isDigit(text.charAt(0));
        String[] parts = weighted ? text.split(" ", 2) : new String[] {"1", text};
        rules.get(rules.size() - 1).alternatives().add(new Alternative(Double.parseDouble(parts[0]), parts[1]));
    }

    private Product product(String line) {
        String[] sides = line.split(" : ");
        String[] parts = parts(sides[0], 4);
        List<Product.Aspect> its =
                Arrays.stream(sides[1].split(" ")).map(this::aspect).toList();
        return new Product(parts[1], parts[2], parts[3], its);
    }

    private Product.Aspect aspect(String name) {
        Product.Aspect aspect = aspects.get(name);
        if (aspect == null) {
            throw new IllegalArgumentException("the grammar has no aspect \"" + name + "\"");
        }
        return aspect;
    }

    private static String[] parts(String line, int count) {
        String[] parts = line.split(" ");
        if (parts.length != count) {
            throw new IllegalArgumentException("\"" + line + "\" has " + parts.length + " words, must be " + count);
        }
        return parts;
    }
}
