package dev.tether.trainer.selftest;

import dev.tether.trainer.selftest.SelfTest.Expectation;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the test before the first update found.
 *
 * @param expectation what was tested for
 * @param maxDisagreement largest |log π − log π_ref| of a counted token, nats
 * @param toleranceNats what rounding explains
 * @param suspects most likely cause first; empty = passed
 */
public record SelfTestReport(
        Expectation expectation, double maxDisagreement, double toleranceNats, List<Suspect> suspects) {
    /**
     * One possible cause with what speaks for it.
     *
     * @param evidence the measurement, in words
     */
    public record Suspect(Cause cause, String evidence) {}

    public SelfTestReport {
        suspects = List.copyOf(suspects);
    }

    /** True when nothing disagrees beyond rounding. */
    public boolean passed() {
        return suspects.isEmpty();
    }

    /** One line for the user. */
    public String sentence() {
        boolean isSame = expectation == Expectation.SAME_WEIGHTS;
        if (passed() && !isSame) {
            return String.format(
                    "self test passed: policy and reference have other weights, up to %.1e nats apart before the first update;"
                            + " each of them reads the same tokens the same way (tolerance %.0e)",
                    maxDisagreement, toleranceNats);
        }
        if (passed()) {
            return String.format(
                    "self test passed: policy and reference agree to %.1e nats before the first update (tolerance %.0e)",
                    maxDisagreement, toleranceNats);
        }
        String causes = suspects.stream()
                .limit(2)
                .map(suspect -> suspect.cause().sentence() + " (" + suspect.evidence() + ")")
                .collect(Collectors.joining("; or "));
        String fault = isSame && maxDisagreement > toleranceNats
                ? String.format(
                        "KL must be 0 before the first update, but log-probabilities disagree by up to %.3g nats"
                                + " (tolerance %.0e)",
                        maxDisagreement, toleranceNats)
                : String.format(
                        "log-probabilities must not depend on how tokens are read, but they do (tolerance %.0e nats)",
                        toleranceNats);
        return "self test failed, training does not start: " + fault + ". Most likely: " + causes;
    }
}
