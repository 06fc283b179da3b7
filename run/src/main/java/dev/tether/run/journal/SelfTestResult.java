package dev.tether.run.journal;

import java.util.OptionalDouble;

/**
 * What the test before the first update found.
 *
 * @param passed true = the belt measures what it should, training may start
 * @param maxDisagreementNats largest disagreement of a token's logprobs; unknown where it was not finite
 * @param toleranceNats that the dtype allows
 * @param sentence the outcome, and the likely causes where it failed
 */
public record SelfTestResult(boolean passed, OptionalDouble maxDisagreementNats, double toleranceNats, String sentence)
        implements RunEvent {
    public SelfTestResult {
        maxDisagreementNats = Figures.known("max_disagreement_nats", maxDisagreementNats);
        Figures.finite("tolerance_nats", toleranceNats);
        Figures.text("sentence", sentence);
    }

    /** Training may start. */
    public static SelfTestResult passed(double maxDisagreementNats, double toleranceNats, String sentence) {
        return new SelfTestResult(true, Figures.whereDefined(maxDisagreementNats), toleranceNats, sentence);
    }

    /** Training must not start. */
    public static SelfTestResult failed(double maxDisagreementNats, double toleranceNats, String sentence) {
        return new SelfTestResult(false, Figures.whereDefined(maxDisagreementNats), toleranceNats, sentence);
    }
}
