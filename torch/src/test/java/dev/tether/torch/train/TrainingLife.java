package dev.tether.torch.train;

import dev.tether.core.objective.PpoClip;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TinyModel;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.Pointer;

/** Steps as a training run takes them: evaluate and update, and every tenth time generate, save and restore. */
final class TrainingLife {
    private static final UpdateObjective OBJECTIVE = UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0.01));

    private TrainingLife() {}

    /** What {@code gauge} says after two numbers of steps. */
    static long[] readings(Path directory, int first, int second, LongSupplier gauge) throws IOException {
        Path model = TinyModel.write(Files.createDirectory(directory.resolve("model")));
        Path state = Files.createDirectory(directory.resolve("state"));
        long[] readings = new long[2];
        try (TorchPolicyModel policy =
                LanguageModels.openPolicy(model, new ModelSettings(ComputeType.FLOAT32, ValueKind.SEPARATE, 3))) {
            for (int step = 1; step <= second; step++) {
                policy.update(RandomMinibatch.of(policy, TinyModel.VOCABULARY, 8, 9, step % 50), OBJECTIVE, 0.9, 1e-4);
                if (step % 10 == 0) {
                    policy.generate(new int[][] {{3, 4}, {5}}, new Sampling(8, 1, 5, 0.9, new int[] {2}), step);
                    policy.saveTrainingState(state);
                    policy.restoreTrainingState(state);
                }
                if (step == first || step == second) {
                    readings[step == first ? 0 : 1] = gauge.getAsLong();
                }
            }
        }
        return readings;
    }

    /** Prints the native handles alive after 20 and 40 steps, and left by a closed policy and by a second one. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        long[] readings = readings(Files.createDirectory(directory.resolve("first")), 20, 40, Pointer::totalCount);
        long leftByFirst = Pointer.totalCount();
        readings(Files.createDirectory(directory.resolve("second")), 10, 20, Pointer::totalCount);
        System.out.println(readings[0] + " " + readings[1] + " " + leftByFirst + " " + Pointer.totalCount());
    }
}
