package dev.tether.core.objective;

import dev.tether.core.law.Require;

/**
 * What stands for the policy gradient in the loss of one token, A its advantage and w its importance ratio at some
 * {@link RatioLevel}.
 */
public sealed interface Surrogate {
    /** Of what the ratio is taken. */
    RatioLevel level();

    /**
     * The loss of one token.
     *
     * @param logRatio log w, at the surrogate's level
     * @param newLogprob nats, of the policy being updated
     */
    Term at(double logRatio, double newLogprob, double advantage);

    /**
     * @param loss of the token, before its weight
     * @param slope ∂loss/∂newLogprob of that token, where w is of the token; where it is of the sequence, the derivative with
     *     respect to log w, which every token of the sequence gets
     * @param clipped 1 where a bound keeps the token from having its full say, else 0
     */
    record Term(double loss, double slope, double clipped) {}

    /**
     * max(−A · min(w, ceiling), −A · clip(w, 1 − clipLow, 1 + clipHigh)).
     *
     * @param clipLow ε below 1; &gt; 0
     * @param clipHigh ε above 1; &gt; 0 (more than clipLow: "clip higher", DAPO)
     * @param ceiling the greatest w, also where the clip does not bound it (A &lt; 0); &gt; 1 + clipHigh; infinite = none
     */
    record Clipped(RatioLevel level, double clipLow, double clipHigh, double ceiling) implements Surrogate {
        public Clipped {
            Require.positive("clip_low", clipLow);
            Require.positive("clip_high", clipHigh);
            Require.that(ceiling > 1 + clipHigh, "ceiling", ceiling, "> 1 + clip_high = " + (1 + clipHigh));
        }

        @Override
        public Term at(double logRatio, double newLogprob, double advantage) {
            double ratio = Math.exp(logRatio);
            double free = -advantage * Math.min(ratio, ceiling);
            double bounded = -advantage * Math.max(1 - clipLow, Math.min(1 + clipHigh, ratio));
            boolean bites = bounded > free;
            return new Term(Math.max(free, bounded), bites || ratio > ceiling ? 0 : free, bites ? 1 : 0);
        }
    }

    /**
     * −sg(min(w, ceiling)) · A · newLogprob: no token is ever silenced, its weight is bounded instead (CISPO, MiniMax 2025).
     *
     * @param ceiling the greatest w; &gt; 0
     */
    record BoundedWeight(double ceiling) implements Surrogate {
        public BoundedWeight {
            Require.positive("ceiling", ceiling);
        }

        @Override
        public RatioLevel level() {
            return RatioLevel.TOKEN;
        }

        @Override
        public Term at(double logRatio, double newLogprob, double advantage) {
            double ratio = Math.exp(logRatio);
            double weight = -advantage * Math.min(ratio, ceiling);
            return new Term(weight * newLogprob, weight, advantage > 0 && ratio > ceiling ? 1 : 0);
        }
    }
}
