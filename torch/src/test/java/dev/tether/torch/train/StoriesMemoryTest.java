package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.core.objective.PpoClip;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Run by the profile {@code soak}: a trained model that answers and is updated at every step does not grow. */
@Tag("soak")
class StoriesMemoryTest {
    private static final int VOCABULARY = 512;
    private static final UpdateObjective OBJECTIVE = UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0.01));

    @Test
    void residentMemoryIsTheSameAfterFiftyAndTwoHundredSteps() throws IOException {
        Path model = Path.of(System.getProperty("tether.shared"), "models", "stories260K");
        assumeTrue(Files.isDirectory(model), "there is no " + model);
        int[][] prompts = new int[8][];
        Arrays.setAll(prompts, row -> new int[] {1, 400 + row});
        long[] kilobytes = new long[201];
        try (TorchPolicyModel policy =
                LanguageModels.openPolicy(model, new ModelSettings(ComputeType.FLOAT32, ValueKind.SHARED, 3))) {
            for (int step = 1; step <= 200; step++) {
                policy.generate(prompts, new Sampling(32, 1, 0, 1, new int[] {2}), step);
                policy.update(RandomMinibatch.of(policy, VOCABULARY, 8, 32, step % 50), OBJECTIVE, 0.9, 1e-5);
                kilobytes[step] = residentKilobytes();
            }
        }
        System.out.printf("resident kB: step 50 %d, step 200 %d%n", kilobytes[50], kilobytes[200]);
        assertThat(kilobytes[200] - kilobytes[50]).as("kB that 150 steps added").isLessThan(8 * 1024);
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
