package dev.tether.trainer.world;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * What a piece of the grammar may say, with what probability. No phrase contains itself, so each has finitely many
 * sayings, and every probability below is exact. A punctuation mark is a word of its own.
 */
sealed interface Phrase {
    /** Nothing. */
    Phrase EMPTY = new Sequence(List.of());

    /** Adds one saying, drawn at random, to {@code words}. */
    void sample(RandomGenerator random, List<String> words);

    /** The same phrase with the first letter of each saying in upper case. */
    Phrase capitalised();

    record Word(String text) implements Phrase {
        @Override
        public void sample(RandomGenerator random, List<String> words) {
            words.add(text);
        }

        @Override
        public Phrase capitalised() {
            return new Word(Character.toUpperCase(text.charAt(0)) + text.substring(1));
        }
    }

    /** One part after the other. */
    record Sequence(List<Phrase> parts) implements Phrase {
        static Sequence of(Phrase... parts) {
            return new Sequence(List.of(parts));
        }

        @Override
        public void sample(RandomGenerator random, List<String> words) {
            parts.forEach(part -> part.sample(random, words));
        }

        @Override
        public Phrase capitalised() {
            if (parts.isEmpty()) {
                return this;
            }
            return new Sequence(IntStream.range(0, parts.size())
                    .mapToObj(i -> i == 0 ? parts.get(0).capitalised() : parts.get(i))
                    .toList());
        }
    }

    /** One of several, each with its probability. */
    record Choice(List<Option> options) implements Phrase {
        public Choice {
            if (options.isEmpty()) {
                throw new IllegalArgumentException("a choice needs at least one option");
            }
            double total = options.stream().mapToDouble(Option::probability).sum();
            options = options.stream()
                    .map(option -> new Option(option.probability() / total, option.phrase()))
                    .toList();
        }

        @Override
        public void sample(RandomGenerator random, List<String> words) {
            double left = random.nextDouble();
            int i = 0;
            while (i < options.size() - 1 && left >= options.get(i).probability()) {
                left -= options.get(i).probability();
                i++;
            }
            options.get(i).phrase().sample(random, words);
        }

        @Override
        public Phrase capitalised() {
            return new Choice(options.stream()
                    .map(option ->
                            new Option(option.probability(), option.phrase().capitalised()))
                    .toList());
        }
    }

    /** An option of a choice; given as any positive weight, kept as a probability. */
    record Option(double probability, Phrase phrase) {
        public Option {
            if (!(probability > 0)) {
                throw new IllegalArgumentException("weight = " + probability + ", must be positive");
            }
        }
    }
}
