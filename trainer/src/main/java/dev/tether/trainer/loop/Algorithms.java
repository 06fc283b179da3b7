package dev.tether.trainer.loop;

import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.GroupAdvantages;
import dev.tether.core.objective.DpoLoss;
import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.objective.RatioLevel;
import dev.tether.core.objective.Surrogate;
import dev.tether.run.settings.DpoSettings;
import dev.tether.run.settings.GrpoSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.AdvantageScaling;
import dev.tether.trainer.algorithm.Algorithm;
import dev.tether.trainer.algorithm.Dpo;
import dev.tether.trainer.algorithm.Epochs;
import dev.tether.trainer.algorithm.Grpo;
import dev.tether.trainer.algorithm.Ppo;
import dev.tether.trainer.algorithm.PpoSettings;
import dev.tether.trainer.algorithm.ReinforcePlusPlus;
import dev.tether.trainer.algorithm.Rloo;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.ReferenceKlLimit;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.ValueTerm;

/** The algorithm that a run's settings name. */
final class Algorithms {
    private Algorithms() {}

    static Algorithm of(RunSettings settings, TrainingParts parts) {
        return switch (settings.algorithm()) {
            case PPO -> ppo(settings);
            case GRPO -> grpo(settings);
            case RLOO -> rloo(settings);
            case REINFORCE_PLUS_PLUS -> reinforcePlusPlus(settings);
            case DPO -> dpo(settings, parts);
        };
    }

    private static Algorithm dpo(RunSettings settings, TrainingParts parts) {
        DpoSettings d = settings.dpo();
        return new Dpo(
                parts.comparisons()
                        .orElseThrow(
                                () -> new IllegalArgumentException("algorithm = dpo needs parts with comparisons")),
                new DpoLoss(d.beta(), d.labelSmoothing()),
                d.updates(),
                d.pairsPerUpdate());
    }

    private static Algorithm ppo(RunSettings settings) {
        var p = settings.ppo();
        return new Ppo(
                new PpoSettings(
                        new PpoClip(
                                p.clipRange(),
                                p.valueClipRange(),
                                p.valueCoef(),
                                settings.update().entropyCoef()),
                        new GaeSettings(p.gamma(), p.gaeLambda()),
                        AdvantageScaling.valueOf(p.advantages().name())),
                epochs(settings));
    }

    private static Algorithm grpo(RunSettings settings) {
        GrpoSettings g = settings.grpo();
        double ceiling = g.ratioCeiling().orElse(Double.POSITIVE_INFINITY);
        Surrogate surrogate = g.lossType() == GrpoSettings.LossType.CISPO
                ? new Surrogate.BoundedWeight(g.clipHigh())
                : new Surrogate.Clipped(ratioLevel(g), g.clipLow(), g.clipHigh(), ceiling);
        LossMean mean = switch (g.lossType()) {
            case GRPO -> LossMean.OVER_SEQUENCES;
            case BNPO, DAPO, CISPO -> LossMean.OVER_TOKENS;
            case DR_GRPO -> LossMean.overSequenceSums(settings.generation().maxNewTokens());
        };
        return new Grpo(
                settings.answersPerPrompt(),
                GroupAdvantages.Scaling.valueOf(g.scaleRewards().name()),
                withoutValues(surrogate, mean, settings),
                epochs(settings));
    }

    private static RatioLevel ratioLevel(GrpoSettings g) {
        return g.importanceSampling() == GrpoSettings.ImportanceSampling.TOKEN
                ? RatioLevel.TOKEN
                : RatioLevel.SEQUENCE_MEAN;
    }

    private static Algorithm rloo(RunSettings settings) {
        double clip = settings.rloo().clipRange();
        Surrogate surrogate = new Surrogate.Clipped(RatioLevel.SEQUENCE, clip, clip, Double.POSITIVE_INFINITY);
        return new Rloo(
                settings.answersPerPrompt(),
                switch (settings.rloo().advantages()) {
                    case RAW -> Rloo.Scaling.NONE;
                    case STANDARDIZE -> Rloo.Scaling.STANDARDIZE;
                },
                withoutValues(surrogate, LossMean.overSequenceSums(1), settings),
                epochs(settings));
    }

    private static Algorithm reinforcePlusPlus(RunSettings settings) {
        var r = settings.reinforcePlusPlus();
        Surrogate surrogate =
                new Surrogate.Clipped(RatioLevel.TOKEN, r.clipRange(), r.clipRange(), Double.POSITIVE_INFINITY);
        return new ReinforcePlusPlus(
                settings.answersPerPrompt(),
                r.gamma(),
                withoutValues(surrogate, LossMean.OVER_TOKENS, settings),
                epochs(settings));
    }

    private static UpdateObjective withoutValues(Surrogate surrogate, LossMean mean, RunSettings settings) {
        return new UpdateObjective(
                surrogate, mean, ValueTerm.NONE, settings.update().entropyCoef(), KlLoss.NONE, ReferenceKlLimit.NONE);
    }

    private static Epochs epochs(RunSettings settings) {
        var u = settings.update();
        return new Epochs(
                u.epochs(),
                u.minibatches(),
                u.klLimit().orElse(Double.POSITIVE_INFINITY),
                FromSettings.hardLimit(settings));
    }
}
