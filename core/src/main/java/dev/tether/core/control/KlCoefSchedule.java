package dev.tether.core.control;

import dev.tether.core.law.Require;
import java.util.List;

/** β as a function of the step, counted from 0. */
public sealed interface KlCoefSchedule {
    /** β at that step. */
    double at(long step);

    /**
     * Straight lines between knots; before the first and after the last, β stays.
     *
     * @param knots at least one, steps rising
     */
    record Piecewise(List<Knot> knots) implements KlCoefSchedule {
        public Piecewise {
            knots = List.copyOf(knots);
            Require.atLeast("knots", knots.size(), 1);
            for (int i = 1; i < knots.size(); i++) {
                Require.that(
                        knots.get(i).step() > knots.get(i - 1).step(),
                        "knots[" + i + "].step",
                        knots.get(i).step(),
                        "greater than the step before, " + knots.get(i - 1).step());
            }
        }

        @Override
        public double at(long step) {
            int after = 0;
            while (after < knots.size() && knots.get(after).step() <= step) {
                after++;
            }
            if (after == 0 || after == knots.size()) {
                return knots.get(after == 0 ? 0 : after - 1).klCoef();
            }
            Knot from = knots.get(after - 1);
            Knot to = knots.get(after);
            double share = (double) (step - from.step()) / (to.step() - from.step());
            return from.klCoef() + share * (to.klCoef() - from.klCoef());
        }
    }

    /**
     * A point that β passes through.
     *
     * @param step ≥ 0
     * @param klCoef β there; finite and ≥ 0
     */
    record Knot(long step, double klCoef) {
        public Knot {
            Require.atLeast("step", step, 0);
            Require.notNegative("kl_coef", klCoef);
        }
    }

    /**
     * Along half a cosine from one β to another; there it stays.
     *
     * @param from β at step 0; finite and ≥ 0
     * @param to β at step {@code steps} and after; finite and ≥ 0
     * @param steps ≥ 1
     */
    record Cosine(double from, double to, long steps) implements KlCoefSchedule {
        public Cosine {
            Require.notNegative("from", from);
            Require.notNegative("to", to);
            Require.atLeast("steps", steps, 1);
        }

        @Override
        public double at(long step) {
            double progress = Math.min(1, (double) step / steps);
            return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * progress));
        }
    }
}
