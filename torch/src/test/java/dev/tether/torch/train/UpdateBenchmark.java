package dev.tether.torch.train;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;

/**
 * Speed of the update in the shape of other trainers' benchmarks: 32 prompts of 16 tokens, 64 new tokens, 4 minibatches
 * of 8. Arguments: model directory, SHARED or SEPARATE, updates to time, microbatch size. Not a test.
 */
public final class UpdateBenchmark {
    private static final int PROMPTS = 32;
    private static final int PROMPT_TOKENS = 16;
    private static final int NEW_TOKENS = 64;
    private static final int MINIBATCHES = 4;
    private static final PpoClip CLIP = new PpoClip(0.2, 0.2, 0.1, 0);

    private UpdateBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        ValueKind value = ValueKind.valueOf(arguments[1]);
        int updates = Integer.parseInt(arguments[2]);
        int microbatchSize = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0;
        ModelSettings settings = new ModelSettings(ComputeType.FLOAT32, value, microbatchSize);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(Path.of(arguments[0]), settings)) {
            Random random = new Random(1);
            TokenBatch tokens = new TokenBatch(
                    tokens(random, PROMPT_TOKENS), tokens(random, NEW_TOKENS), ResponseMask.all(PROMPTS, NEW_TOKENS));
            var evaluation = policy.evaluate(tokens, 1);
            double[][] advantages = new double[PROMPTS][NEW_TOKENS];
            for (double[] row : advantages) {
                Arrays.setAll(row, t -> random.nextGaussian());
            }
            Minibatch whole = new Minibatch(
                    tokens,
                    evaluation.logprobs(),
                    evaluation.logprobs(),
                    advantages,
                    evaluation.values(),
                    advantages,
                    tokens.responseMask());
            time(policy, whole, 4, updates);
        }
    }

    private static int[][] tokens(Random random, int width) {
        int[][] rows = new int[PROMPTS][];
        Arrays.setAll(rows, b -> random.ints(width, 4, 500).toArray());
        return rows;
    }

    private static void time(TorchPolicyModel policy, Minibatch whole, int warmUp, int updates) throws IOException {
        double[] seconds = new double[updates];
        long cpu = 0;
        int size = PROMPTS / MINIBATCHES;
        for (int i = -warmUp; i < updates; i++) {
            int first = Math.floorMod(i, MINIBATCHES) * size;
            Minibatch minibatch = Microbatches.select(
                    whole, IntStream.range(first, first + size).toArray());
            if (i == 0) {
                cpu = processCpu();
            }
            long start = System.nanoTime();
            policy.update(minibatch, UpdateObjective.of(CLIP), 1, 1e-6);
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        double cpuPerUpdate = (processCpu() - cpu) / 1e9 / updates;
        Arrays.sort(seconds);
        double median = seconds[updates / 2];
        System.out.printf(
                Locale.ROOT,
                "update seconds: median %.3f least %.3f, cpu %.3f; 16 updates %.2f s; %.0f tokens/s; %s; native %d MB%n",
                median,
                seconds[0],
                cpuPerUpdate,
                16 * median,
                size * (PROMPT_TOKENS + NEW_TOKENS) / median,
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM"))
                        .findFirst()
                        .orElse("")
                        .replaceAll("\\s+", " "),
                Pointer.totalBytes() >> 20);
    }

    private static long processCpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
