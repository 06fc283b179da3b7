package dev.tether.run.settings;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlUnit;
import java.util.List;
import java.util.Locale;

/**
 * The KL belt: where KL(policy ‖ reference) is charged, how it is measured, what it costs, and who moves the price.
 *
 * @param placement where the penalty acts
 * @param estimator of the penalty in the reward, and of the sampled reading
 * @param meter the reading that the controller steers by
 * @param controller moves the coefficient
 * @param klCoef β, the price of one nat, at the start; ≥ 0; unused by {@link Controller#SCHEDULE}
 * @param target wished KL in nats of {@code unit}; &gt; 0; unused by {@link Controller#FIXED} and
 *     {@link Controller#SCHEDULE}
 * @param unit of the target
 * @param horizonEpisodes Ziegler: how slowly β moves, in episodes; ≥ 1
 * @param floor lowest β a controller may choose; &gt; 0, or ≥ 0 under {@link Controller#DUAL_ASCENT}
 * @param ceiling highest β a controller may choose; &gt; 0, ≥ floor
 * @param schedule points that β passes through; given exactly under {@link Controller#SCHEDULE}, steps rising
 * @param scheduleShape how β goes from point to point
 * @param forceEverySteps how often the belt's force is measured; 0 = never
 * @param selfTest what is tested before the first update
 * @param samplingSupport whose logprobs the belt reads where sampling is truncated
 * @param gains of the loops
 * @param hardLimit KL that is not to be passed
 * @param reAnchor whether the reference follows the policy
 */
public record BeltSettings(
        @Meaning("where the penalty acts: k1_in_reward | rao_blackwell_in_loss | weighted_k3_in_loss | k2_in_loss |"
                + " k3_in_loss (pulls by the forward KL) | k1_in_loss (no force)")
        PenaltyPlacement placement,

        @Meaning("estimator of the penalty in the reward, and of the sampled reading: k1 | abs_k1 | k2 | k3")
        KlEstimator estimator,

        @Meaning("reading the controller steers by: rao_blackwell (exact over the vocabulary, at sampled prefixes) |"
                + " sampled (the estimator)")
        Meter meter,

        @Meaning("what moves the coefficient: fixed | schedule | thermostat | ziegler | pi | pid | dual_ascent")
        Controller controller,

        @Meaning("price of one nat of KL at the start (beta)")
        double klCoef,

        @Meaning("wished KL in nats, in the unit below; unused when the controller is fixed or schedule")
        double target,

        @Meaning("unit of the target: sequence (nats per response) | token (nats per token)")
        KlUnit unit,

        @Meaning("ziegler: how slowly the coefficient moves, in episodes")
        long horizonEpisodes,

        @Meaning("lowest coefficient a controller may choose")
        double floor,

        @Meaning("highest coefficient a controller may choose")
        double ceiling,

        @Meaning("schedule: points such as [{step: 0, kl_coef: 0.1}, {step: 50, kl_coef: 0.02}]; step 0 is the first")
        List<ScheduleKnot> schedule,

        @Meaning("schedule: piecewise (straight lines between points) | cosine (half a wave between two)")
        ScheduleShape scheduleShape,

        @Meaning("measure the belt's force after each this many steps; 0 = never")
        int forceEverySteps,

        @Meaning(
                "before the first update: same_weights (KL must be 0) | other_weights (padding, batch shape only) | off")
        SelfTest selfTest,

        @Meaning("under top_k or top_p, the belt reads logprobs of: full (the model's own) | truncated (what was"
                + " sampled from)")
        SamplingSupport samplingSupport,

        @Meaning("how hard the loops pull; null = as the loop has it")
        GainSettings gains,

        @Meaning("KL that is not to be passed, whatever the coefficient does")
        HardLimitSettings hardLimit,

        @Meaning("whether the reference follows the policy") ReAnchorSettings reAnchor) {

    /** The reading that steers. */
    public enum Meter {
        /** Exact over the vocabulary at each sampled prefix. */
        RAO_BLACKWELL,
        /** The estimator, from the logprobs of the chosen tokens. */
        SAMPLED
    }

    /** What moves β. */
    public enum Controller {
        /** β stays where it is. */
        FIXED,
        /** β follows the clock. */
        SCHEDULE,
        /** β is multiplied or divided by 1.5 when KL leaves half to one and a half times the target. */
        THERMOSTAT,
        /** β moves in proportion to the relative error, clipped to ±0.2 (Ziegler et al. 2019). */
        ZIEGLER,
        /** Proportional-integral control of log β. */
        PI,
        /** The same with a brake on fast rises. */
        PID,
        /** β as the multiplier of a KL budget. */
        DUAL_ASCENT;

        /** True where β answers to KL and has a target. */
        public boolean hasTarget() {
            return this != FIXED && this != SCHEDULE;
        }
    }

    /** How β goes from one point of the schedule to the next. */
    public enum ScheduleShape {
        PIECEWISE,
        COSINE
    }

    /** What is tested before the first update. */
    public enum SelfTest {
        /** Policy and reference are the same: KL is 0 under any padding and batch shape. */
        SAME_WEIGHTS,
        /** They differ: only padding and batch shape must not matter. */
        OTHER_WEIGHTS,
        /** Nothing. */
        OFF
    }

    /** Whose logprobs the belt reads under top-k or top-p. */
    public enum SamplingSupport {
        /** The model's whole distribution. */
        FULL,
        /** The distribution that was sampled from. */
        TRUNCATED
    }

    public BeltSettings {
        Require.present("belt.placement", placement);
        Require.present("belt.estimator", estimator);
        Require.present("belt.meter", meter);
        Require.present("belt.controller", controller);
        Require.notNegative("belt.kl_coef", klCoef);
        Require.positive("belt.target", target);
        Require.present("belt.unit", unit);
        Require.atLeast("belt.horizon_episodes", horizonEpisodes, 1);
        requireBounds(controller, klCoef, floor, ceiling);
        Require.present("belt.schedule", schedule);
        schedule = List.copyOf(schedule);
        Require.present("belt.schedule_shape", scheduleShape);
        requireSchedule(controller, schedule, scheduleShape);
        Require.atLeast("belt.force_every_steps", forceEverySteps, 0);
        Require.present("belt.self_test", selfTest);
        Require.present("belt.sampling_support", samplingSupport);
        requireReadable(samplingSupport, meter, placement);
        Require.present("belt.gains", gains);
        Require.that(
                controller != Controller.PI || gains.derivative().orElse(0) == 0,
                "belt.gains.derivative",
                gains.derivative().orElse(0),
                "0 or null with belt.controller = pi; pid has a derivative");
        Require.present("belt.hard_limit", hardLimit);
        Require.present("belt.re_anchor", reAnchor);
    }

    public static BeltSettings defaults() {
        return new BeltSettings(
                PenaltyPlacement.K1_IN_REWARD,
                KlEstimator.K1,
                Meter.RAO_BLACKWELL,
                Controller.PI,
                0.1,
                6.0,
                KlUnit.NATS_PER_SEQUENCE,
                200,
                0.001,
                10.0,
                List.of(),
                ScheduleShape.PIECEWISE,
                20,
                SelfTest.SAME_WEIGHTS,
                SamplingSupport.FULL,
                GainSettings.defaults(),
                HardLimitSettings.defaults(),
                ReAnchorSettings.defaults());
    }

    private static void requireBounds(Controller controller, double klCoef, double floor, double ceiling) {
        if (controller == Controller.DUAL_ASCENT) {
            Require.notNegative("belt.floor", floor);
        } else {
            Require.positive("belt.floor", floor);
        }
        Require.positive("belt.ceiling", ceiling);
        Require.that(ceiling >= floor, "belt.ceiling", ceiling, "at least belt.floor = " + floor);
        if (controller.hasTarget()) {
            Require.that(
                    klCoef >= floor && klCoef <= ceiling,
                    "belt.kl_coef",
                    klCoef,
                    "between belt.floor = " + floor + " and belt.ceiling = " + ceiling
                            + " unless belt.controller is fixed or schedule");
        }
    }

    /** The truncated distributions are known at the chosen tokens alone. */
    private static void requireReadable(SamplingSupport support, Meter meter, PenaltyPlacement placement) {
        if (support == SamplingSupport.TRUNCATED) {
            Require.that(
                    meter == Meter.SAMPLED,
                    "belt.meter",
                    meter.name().toLowerCase(Locale.ROOT),
                    "sampled with belt.sampling_support = truncated");
            Require.that(
                    placement.isInReward(),
                    "belt.placement",
                    placement.name().toLowerCase(Locale.ROOT),
                    "k1_in_reward with belt.sampling_support = truncated");
        }
    }

    private static void requireSchedule(Controller controller, List<ScheduleKnot> knots, ScheduleShape shape) {
        boolean scheduled = controller == Controller.SCHEDULE;
        Require.that(
                scheduled != knots.isEmpty(),
                "belt.schedule",
                knots.isEmpty() ? "[]" : knots.size() + " points",
                scheduled
                        ? "at least one point with belt.controller = schedule"
                        : "[] unless belt.controller is schedule");
        for (int i = 1; i < knots.size(); i++) {
            Require.that(
                    knots.get(i).step() > knots.get(i - 1).step(),
                    "belt.schedule",
                    "step " + knots.get(i).step() + " after step "
                            + knots.get(i - 1).step(),
                    "points whose steps rise");
        }
        if (shape == ScheduleShape.COSINE && scheduled) {
            Require.that(
                    knots.size() == 2 && knots.get(0).step() == 0,
                    "belt.schedule",
                    knots.size() + " points from step " + knots.get(0).step(),
                    "two points, the first at step 0, with belt.schedule_shape = cosine");
        }
    }
}
