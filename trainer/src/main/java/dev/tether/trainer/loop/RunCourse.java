package dev.tether.trainer.loop;

import dev.tether.run.InputException;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.selftest.SelfTestReport;
import java.util.function.BooleanSupplier;

/** What happens in a run, in which order; what is made of it is a {@link Witness}'s. */
final class RunCourse {
    /** Sees a run take its course, and holds its checkpoints. */
    interface Witness {
        /** Policy and reference were compared; a report that is not passed ends the run next. */
        void selfTested(SelfTestReport report);

        /** The belt was looked at before the first step. */
        void beltProbed(BeltAtStart belt);

        /** A step was taken. */
        void stepped(StepResult result);

        /** The place for a checkpoint that was asked for by the settings. */
        void checkpointDue();

        /** The step of the checkpoint to go back to from {@code step}. */
        int goodBefore(int step);

        /** Takes the policy back to the checkpoint of {@code toStep}, since KL passed its hard limit in {@code step}. */
        void rolledBack(int step, int toStep);
    }

    /** How far it came. */
    enum End {
        COMPLETED,
        INTERRUPTED
    }

    /** A policy that breaks out again and again from where it was put is not held by going back. */
    private static final int MOST_ROLL_BACKS = 3;

    private final TrainingLoop loop;
    private final RunSettings settings;
    private final Witness witness;

    RunCourse(TrainingLoop loop, RunSettings settings, Witness witness) {
        this.loop = loop;
        this.settings = settings;
        this.witness = witness;
    }

    /**
     * Takes the steps that are left.
     *
     * @param stopRequested asked after each step but the last
     */
    End run(BooleanSupplier stopRequested) {
        if (step() == 0) {
            if (mayRollBack()) {
                witness.checkpointDue();
            }
            loop.selfTest().ifPresent(this::selfTested);
            witness.beltProbed(loop.beltAtStart());
        }
        while (step() < settings.steps()) {
            takeStep();
            if (step() < settings.steps() && stopRequested.getAsBoolean()) {
                return End.INTERRUPTED;
            }
        }
        return End.COMPLETED;
    }

    private int step() {
        return loop.state().step();
    }

    private void selfTested(SelfTestReport report) {
        witness.selfTested(report);
        if (!report.passed()) {
            throw new InputException(report.sentence());
        }
    }

    private void takeStep() {
        StepResult result = loop.step();
        witness.stepped(result);
        if (mayRollBack() && result.update().isOverHardLimit()) {
            rollBack();
        }
        if (step() % settings.checkpoints().everySteps() == 0 || step() == settings.steps()) {
            witness.checkpointDue();
        }
    }

    private boolean mayRollBack() {
        return settings.belt().hardLimit().action() == HardLimitSettings.Action.ROLL_BACK;
    }

    private void rollBack() {
        int good = witness.goodBefore(step());
        RollBacks before = loop.state().rollBacks();
        if (before.toStep() == good && before.times() == MOST_ROLL_BACKS) {
            throw new TrainingDivergedException(
                    step(),
                    "KL to the reference is over its hard limit again after " + MOST_ROLL_BACKS
                            + " returns to the checkpoint of step " + good
                            + ": lower the learning rate, or raise the coefficient",
                    loop.state().lastRecord());
        }
        witness.rolledBack(step(), good);
        loop.rolledBackTo(good);
    }
}
