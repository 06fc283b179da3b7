package dev.tether.torch.probe;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.RaoBlackwellKl;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.TorchReferenceModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How much sharper the exact KL of sampled prefixes is than the estimators that see single logprobs, at several distances
 * from the reference; what it costs beside the sampled reading; and what memory it takes. 32 responses of at most 64 tokens
 * to the empty prompt. Arguments: model directory, then relative noises in its weights or directories of trained policies;
 * or "cost", or "memory". Not a test.
 */
public final class ExactKlBenchmark {
    private static final int SEQUENCES = 32;
    private static final int TOKENS = 64;
    private static final int MINIBATCHES = 4;
    private static final int REPETITIONS = Integer.getInteger("repetitions", 3);

    private ExactKlBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        ModelSettings settings = new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0);
        Path model = Path.of(arguments[0]);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(model, settings);
                TorchReferenceModel reference = LanguageModels.openReference(model, settings)) {
            BeltProbe probe = LanguageModels.openBeltProbe(policy, reference);
            System.out.println("   away   KL/seq      se: exact      k1      k3   k1/exact k3/exact");
            for (String away : Arrays.asList(arguments).subList(1, arguments.length)) {
                switch (away) {
                    case "cost" -> cost(sampled(policy, 1), policy, reference, probe);
                    case "memory" -> memory(sampled(policy, 1), probe);
                    default -> {
                        for (long seed = 1; seed <= REPETITIONS; seed++) {
                            sharpness(away, seed, policy, reference);
                        }
                    }
                }
            }
        }
    }

    private static void sharpness(String away, long seed, TorchPolicyModel policy, TorchReferenceModel reference) {
        if (Files.isDirectory(Path.of(away))) {
            ModelSettings settings = new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0);
            try (TorchPolicyModel trained = LanguageModels.openPolicy(Path.of(away), settings)) {
                sharpness("trained", sampled(trained, seed), trained, reference);
            }
        } else {
            BeltProbe probe = LanguageModels.openBeltProbe(policy, reference);
            probe.nearPolicy(Double.parseDouble(away), seed, () -> {
                sharpness(away, sampled(policy, seed), policy, reference);
                return null;
            });
        }
    }

    private static TokenBatch sampled(TorchPolicyModel policy, long seed) {
        int[][] prompts = new int[SEQUENCES][];
        Arrays.fill(prompts, new int[] {1});
        Generation generation = policy.generate(prompts, new Sampling(TOKENS, 1, 0, 1, new int[] {1, 2}), seed);
        return new TokenBatch(prompts, generation.responses(), generation.responseMask());
    }

    private static void sharpness(
            String away, TokenBatch batch, TorchPolicyModel policy, TorchReferenceModel reference) {
        BeltProbe probe = LanguageModels.openBeltProbe(policy, reference);
        LogprobPair pair = new LogprobPair(
                policy.evaluate(batch, 1).logprobs(), reference.logprobs(batch, 1), batch.responseMask());
        KlSummary exact = RaoBlackwellKl.summary(probe.exactKl(batch, 1).policyToReference(), batch.responseMask());
        double k1 = KlSummary.of(pair, KlEstimator.K1).seNatsPerSequence();
        double k3 = KlSummary.of(pair, KlEstimator.K3).seNatsPerSequence();
        System.out.printf(
                Locale.ROOT,
                "%7s %8.3f %14.4f %7.4f %7.4f %8.2f %8.2f%n",
                away,
                exact.natsPerSequence(),
                exact.seNatsPerSequence(),
                k1,
                k3,
                k1 / exact.seNatsPerSequence(),
                k3 / exact.seNatsPerSequence());
    }

    private static void cost(
            TokenBatch batch, TorchPolicyModel policy, TorchReferenceModel reference, BeltProbe probe) {
        List<Minibatch> minibatches = IntStream.range(0, MINIBATCHES)
                .mapToObj(i -> IntStream.range(0, SEQUENCES)
                        .filter(b -> b % MINIBATCHES == i)
                        .toArray())
                .map(rows -> minibatch(batch.rows(rows), policy, reference))
                .toList();
        System.out.printf(
                Locale.ROOT,
                "CPU seconds, median: generation %.2f, policy's evaluation %.2f, reference's logprobs %.2f, an epoch of 4"
                        + " updates %.2f (with the Rao-Blackwellised loss %.2f), exact KL %.2f%n",
                seconds(() -> sampled(policy, 1)),
                seconds(() -> policy.evaluate(batch, 1)),
                seconds(() -> reference.logprobs(batch, 1)),
                seconds(() -> epoch(policy, minibatches, KlLoss.NONE)),
                seconds(() -> epoch(
                        policy,
                        minibatches,
                        new KlLoss(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS, 0.1, Optional.of(reference)))),
                seconds(() -> probe.exactKl(batch, 1)));
    }

    private static Minibatch minibatch(TokenBatch batch, TorchPolicyModel policy, TorchReferenceModel reference) {
        double[][] none = new double[0][];
        double[][] advantages = policy.evaluate(batch, 1).entropy();
        return new Minibatch(
                batch,
                policy.evaluate(batch, 1).logprobs(),
                reference.logprobs(batch, 1),
                advantages,
                none,
                none,
                batch.responseMask());
    }

    private static void epoch(TorchPolicyModel policy, List<Minibatch> minibatches, KlLoss klLoss) {
        UpdateObjective objective =
                UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0)).with(klLoss);
        minibatches.forEach(minibatch -> policy.update(minibatch, objective, 1, 0));
    }

    /** Of all threads, so that other work on the machine does not count. */
    private static double seconds(Runnable work) {
        work.run();
        double[] times = new double[REPETITIONS];
        for (int i = 0; i < times.length; i++) {
            double begin = cpuSeconds();
            work.run();
            times[i] = cpuSeconds() - begin;
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** As the kernel counts it; run with MALLOC_MMAP_THRESHOLD_=131072, or freed memory hides what is taken again. */
    private static void memory(TokenBatch batch, BeltProbe probe) throws IOException {
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        long before = kilobytes("VmRSS:");
        probe.exactKl(batch, 1);
        System.out.printf("peak beyond what was there: %.1f MB%n", (kilobytes("VmHWM:") - before) * 1024 / 1e6);
    }

    private static long kilobytes(String entry) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(entry))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
