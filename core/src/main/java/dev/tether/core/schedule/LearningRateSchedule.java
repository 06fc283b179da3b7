package dev.tether.core.schedule;

import dev.tether.core.law.Require;

/**
 * The learning rate as a share of its peak: linear from 0 over the warm-up, then by {@link Decay}. Update 0 of a
 * schedule with warm-up has learning rate 0, as in transformers' {@code get_scheduler}.
 *
 * @param decay what follows the warm-up
 * @param warmupSteps updates of the warm-up; ≥ 0
 * @param totalSteps updates of the whole run, warm-up included; ≥ 1 and ≥ warmupSteps
 */
public record LearningRateSchedule(Decay decay, long warmupSteps, long totalSteps) {
    /** What the learning rate does after the warm-up. */
    public enum Decay {
        /** Stays at the peak. */
        CONSTANT {
            @Override
            double share(double progress) {
                return 1;
            }
        },
        /** Falls in a straight line to 0 at the last step. */
        LINEAR {
            @Override
            double share(double progress) {
                return 1 - progress;
            }
        },
        /** Falls along half a cosine to 0 at the last step. */
        COSINE {
            @Override
            double share(double progress) {
                return 0.5 * (1 + Math.cos(Math.PI * progress));
            }
        };

        abstract double share(double progress);
    }

    public LearningRateSchedule {
        Require.atLeast("warmup_steps", warmupSteps, 0);
        Require.atLeast("total_steps", totalSteps, Math.max(1, warmupSteps));
    }

    /** Always at the peak. */
    public static LearningRateSchedule constant() {
        return new LearningRateSchedule(Decay.CONSTANT, 0, 1);
    }

    /** Share of the peak at update {@code step}, counted from 0; in [0, 1]. Past the end it stays as at the end. */
    public double factor(long step) {
        Require.atLeast("step", step, 0);
        if (step < warmupSteps) {
            return (double) step / warmupSteps;
        }
        long decaying = Math.max(1, totalSteps - warmupSteps);
        return decay.share(Math.min(1, (double) (step - warmupSteps) / decaying));
    }
}
