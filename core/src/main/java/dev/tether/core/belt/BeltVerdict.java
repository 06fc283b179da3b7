package dev.tether.core.belt;

import dev.tether.core.belt.BeltConfiguration.ReferenceUse;
import dev.tether.core.belt.PenaltyPlacement.Force;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Whether the belt holds.
 *
 * @param state for programs
 * @param sentence for people: the verdict and what it rests on
 */
public record BeltVerdict(State state, String sentence) {
    /** From good to worse. */
    public enum State {
        /** The penalty pulls the policy back towards the reference. */
        ATTACHED,
        /** It pulls, but by much less than it looks. */
        SLACK,
        /** There is no force, whatever number is logged. */
        ABSENT,
        /** It pushes the policy away. */
        REVERSED
    }

    /** More tokens cut than this leave the belt slack. */
    private static final double SLACK_CLAMPED_SHARE = 0.05;

    private static final double ATTACHED_FORCE = 0.5;
    private static final double NO_FORCE = 0.1;

    /** Standard errors that a measured force must differ by: one in a thousand by chance. */
    private static final double ERRORS = 3;

    /** From configuration alone, before any measurement. */
    public static BeltVerdict of(BeltConfiguration configuration) {
        double klCoef = configuration.klCoef();
        if (configuration.reference() != ReferenceUse.USED) {
            return new BeltVerdict(
                    State.ABSENT,
                    configuration.reference() == ReferenceUse.MISSING
                            ? "there is no reference to be held to"
                            : "a reference is loaded, but no penalty is computed from it");
        }
        if (klCoef < 0) {
            return new BeltVerdict(State.REVERSED, "β = " + klCoef + " is negative: KL is paid for, not charged");
        }
        if (klCoef == 0) {
            return new BeltVerdict(State.ABSENT, "β = 0: KL is measured, not penalised");
        }
        if (configuration.placement().force() == Force.NONE) {
            return new BeltVerdict(
                    State.ABSENT,
                    name(configuration) + " has no expected gradient: the number is logged and the belt holds nothing");
        }
        return attached(configuration);
    }

    private static BeltVerdict attached(BeltConfiguration configuration) {
        if (configuration.clampedShare() > SLACK_CLAMPED_SHARE) {
            return new BeltVerdict(
                    State.SLACK,
                    "a clamp cuts the penalty of " + percent(configuration.clampedShare())
                            + " of the tokens, those furthest from the reference, and their gradient with it");
        }
        if (configuration.klCoef() <= configuration.floor()) {
            return new BeltVerdict(
                    State.SLACK,
                    "β = " + configuration.klCoef() + " is at its floor: the controller cannot loosen further");
        }
        String pull = switch (configuration.placement().force()) {
            case SEQUENCE_REVERSE_KL -> "by the gradient of KL(policy ‖ reference) over whole responses";
            case TOKEN_REVERSE_KL -> "by the gradient of KL(policy ‖ reference) token by token, blind to later tokens";
            case FORWARD_KL ->
                "by the gradient of the forward KL(reference ‖ policy), another belt than the one measured";
            case NONE -> throw new IllegalStateException("a belt without force is not attached");
        };
        return new BeltVerdict(State.ATTACHED, name(configuration) + " pulls " + pull);
    }

    private static String name(BeltConfiguration configuration) {
        return configuration.placement().name().toLowerCase(Locale.ROOT);
    }

    /** From a measured force. */
    public static BeltVerdict of(BeltForce measured) {
        OptionalDouble force = measured.force();
        if (force.isEmpty()) {
            return new BeltVerdict(State.SLACK, "the policy is at the reference: no belt pulls there");
        }
        double value = force.getAsDouble();
        String sentence = "the penalty pulls with " + Math.round(value * 1000) / 1000.0
                + " of the force of the exact KL (1 = as it should, 0 = not attached, below = away)";
        if (value < -NO_FORCE) {
            return new BeltVerdict(State.REVERSED, sentence);
        }
        if (value <= NO_FORCE) {
            return new BeltVerdict(State.ABSENT, sentence);
        }
        return new BeltVerdict(value < ATTACHED_FORCE ? State.SLACK : State.ATTACHED, sentence);
    }

    /**
     * What the configuration says and a measured force together: the worse of the two, where the force can be told from
     * its noise.
     *
     * @param configured from configuration alone
     * @param force as {@link BeltForce#force}; NaN where it could not be measured
     * @param seForce its standard error, nats cancelled; infinite where it is unknown
     */
    public static BeltVerdict of(BeltVerdict configured, double force, double seForce) {
        if (Double.isNaN(force)) {
            return new BeltVerdict(
                    configured.state,
                    configured.sentence + "; its force cannot be measured here: ∇KL cannot be told from 0");
        }
        State measured = measured(force, ERRORS * seForce);
        State worse = measured.compareTo(configured.state) > 0 ? measured : configured.state;
        return new BeltVerdict(
                worse,
                configured.sentence + "; measured force " + rounded(force) + " ± " + rounded(seForce)
                        + " (1 = the exact KL's, 0 = not attached, below = away)");
    }

    /** The best state that the force, give or take its error, would allow, unless the force itself is in that state. */
    private static State measured(double force, double error) {
        if (force + error >= ATTACHED_FORCE) {
            return State.ATTACHED;
        }
        if (force < -NO_FORCE && force + error < 0) {
            return State.REVERSED;
        }
        return force <= NO_FORCE ? State.ABSENT : State.SLACK;
    }

    private static double rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * 100) / 100.0 : value;
    }

    private static String percent(double share) {
        return Math.round(share * 1000) / 10.0 + " %";
    }
}
