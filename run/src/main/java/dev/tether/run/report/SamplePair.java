package dev.tether.run.report;

import dev.tether.run.journal.SampleRecord;

/**
 * An answer from the beginning of a run beside one from its end: to the same prompt where the run asked it twice, else
 * to two.
 */
public record SamplePair(Answer first, Answer last) {

    /**
     * One answer with what it earned and cost.
     *
     * @param step in which it was given
     * @param prompt as text
     * @param response as text
     * @param score of the reward
     * @param klNats nats per sequence
     */
    public record Answer(long step, String prompt, String response, double score, double klNats) {
        static Answer of(SampleRecord sample) {
            return new Answer(sample.step(), sample.prompt(), sample.response(), sample.score(), sample.klNats());
        }
    }

    boolean samePrompt() {
        return first.prompt().equals(last.prompt());
    }
}
