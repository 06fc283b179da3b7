package dev.tether.trainer.world;

import dev.tether.trainer.world.ReviewQuality.Judgement;
import dev.tether.trainer.world.Topic.Place;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** The sums of one judgement, for one product and one stance. */
final class ReviewAccount implements Comparable<ReviewAccount> {
    /** A review makes at least so many claims about its product. */
    private static final int CLAIMS = 2;

    private final Set<List<String>> unread = new HashSet<>();
    private Place latest = Place.OPENING;
    private int sentences;
    private int said;
    private int claims;
    private double total;
    private double fluent;
    private double coherent;
    private double fresh;

    /** A sentence that the grammar could not have written; what it is about, nobody can tell. */
    void addUnread(ReviewSentence sentence, double credit) {
        sentences++;
        total += sentence.weight();
        fluent += credit;
        coherent += credit;
        fresh += unread.add(sentence.words()) ? credit : 0;
    }

    /**
     * A sentence that parses.
     *
     * @param topics what it may mean in this review; empty where it belongs to another
     */
    void addRead(ReviewSentence sentence, List<Topic> topics) {
        sentences++;
        total += sentence.weight();
        fluent += sentence.weight();
        List<Topic> fitting = topics.stream().filter(this::inPlace).toList();
        if (!fitting.isEmpty()) {
            coherent += sentence.weight();
            fitting.stream()
                    .filter(topic -> (topic.claims() & said) == 0)
                    .findFirst()
                    .ifPresent(topic -> say(topic, sentence));
        }
    }

    /** The better reading of a text is the one that finds more in it said well, then the one that excuses more. */
    @Override
    public int compareTo(ReviewAccount other) {
        int byFresh = Double.compare(fresh, other.fresh);
        return byFresh != 0 ? byFresh : Double.compare(coherent, other.coherent);
    }

    /** Whether any sentence has been understood. */
    boolean readAny() {
        return said != 0;
    }

    Judgement judgement(OptionalDouble stars) {
        return new Judgement(
                share(fluent, total),
                share(coherent, fluent),
                share(fresh, coherent),
                (1.0 + Math.min(CLAIMS, claims)) / (1 + CLAIMS),
                stars);
    }

    private boolean inPlace(Topic topic) {
        return switch (topic.place()) {
            case OPENING -> sentences == 1;
            case CRY -> true;
            default -> topic.place().compareTo(latest) >= 0;
        };
    }

    private void say(Topic topic, ReviewSentence sentence) {
        fresh += sentence.weight();
        said |= topic.claims();
        if (topic.place() != Place.CRY) {
            latest = topic.place();
        }
        if (topic.isBody() && sentence.end() == PhraseChart.End.FINAL) {
            claims += Integer.bitCount(topic.claims());
        }
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
