package dev.tether.trainer.world;

import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** With which words the phrases of a collection, and all that they are made of, can begin. Never changes once made. */
final class PhraseStarts {
    /** Knows nothing: every phrase may begin with every word. */
    static final PhraseStarts UNKNOWN = new PhraseStarts(Set.of());

    private final Map<Phrase, Start> known = new IdentityHashMap<>();

    /** First words, and whether the phrase may say nothing. */
    private record Start(Set<String> words, Silence silence) {}

    private enum Silence {
        POSSIBLE,
        IMPOSSIBLE
    }

    PhraseStarts(Collection<Phrase> phrases) {
        phrases.forEach(this::start);
    }

    /** False where the phrase says at least one word and cannot begin with this one. */
    boolean allow(Phrase phrase, String word) {
        Start start = known.get(phrase);
        return start == null || start.silence == Silence.POSSIBLE || start.words.contains(word);
    }

    private Start start(Phrase phrase) {
        Start start = known.get(phrase);
        if (start == null) {
            start = made(phrase);
            known.put(phrase, start);
        }
        return start;
    }

    private Start made(Phrase phrase) {
        if (phrase instanceof Phrase.Word word) {
            return new Start(Set.of(word.text()), Silence.IMPOSSIBLE);
        }
        Set<String> words = new HashSet<>();
        if (phrase instanceof Phrase.Choice choice) {
            Silence silence = Silence.IMPOSSIBLE;
            for (Phrase.Option option : choice.options()) {
                Start start = start(option.phrase());
                words.addAll(start.words);
                silence = start.silence == Silence.POSSIBLE ? Silence.POSSIBLE : silence;
            }
            return new Start(words, silence);
        }
        Silence silence = Silence.POSSIBLE;
        for (Phrase part : ((Phrase.Sequence) phrase).parts()) {
            Start start = start(part);
            if (silence == Silence.POSSIBLE) {
                words.addAll(start.words);
                silence = start.silence;
            }
        }
        return new Start(words, silence);
    }
}
