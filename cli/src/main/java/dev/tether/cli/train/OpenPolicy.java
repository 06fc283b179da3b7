package dev.tether.cli.train;

import dev.tether.run.settings.LoraSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.directory.AdapterDirectory;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.trainer.rollout.Seeds;
import java.nio.file.Path;

/** The policy that settings name: a model, or one with an adapter, a fresh or a saved one. */
final class OpenPolicy {
    private OpenPolicy() {}

    static TorchPolicyModel of(RunSettings settings, Path directory) {
        LoraSettings lora = settings.lora();
        if (lora.adapter().isPresent()) {
            return withSaved(settings, directory, Path.of(lora.adapter().get()));
        }
        if (!lora.isOn()) {
            return LanguageModels.openPolicy(directory, settings(settings));
        }
        long seed = new Seeds(settings.seed()).of(Seeds.Purpose.ADAPTER, 0, 0);
        return LanguageModels.openAdapted(
                directory,
                new dev.tether.torch.LoraSettings(lora.rank(), lora.freshAlpha(), lora.freshTargets(), seed),
                settings(settings));
    }

    private static TorchPolicyModel withSaved(RunSettings settings, Path directory, Path adapter) {
        LoraSettings lora = settings.lora();
        try (AdapterDirectory saved = AdapterDirectory.open(adapter, ModelDirectory.ofLanguageModel(directory))) {
            saved.requireAsked(lora.rank(), lora.alpha(), lora.targetModules());
        }
        return LanguageModels.openAdapted(directory, adapter, settings(settings));
    }

    /** What {@code settings} say of weights and their training. */
    static ModelSettings settings(RunSettings settings) {
        return new ModelSettings(
                ComputeType.valueOf(settings.model().dtype().name()),
                settings.algorithm().hasValueFunction()
                        ? ValueKind.valueOf(settings.model().value().name())
                        : ValueKind.NONE,
                settings.update().microbatchSize(),
                adamW(settings.optimizer()));
    }

    private static OptimizerSettings adamW(dev.tether.run.settings.OptimizerSettings optimizer) {
        return new OptimizerSettings(
                optimizer.adamBeta1(),
                optimizer.adamBeta2(),
                optimizer.adamEpsilon(),
                optimizer.weightDecay(),
                optimizer.maxGradNorm());
    }
}
