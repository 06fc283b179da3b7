package dev.tether.torch.probe;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.TokenRows;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/** A policy and a reference of a few thousand weights each, drawn from different seeds. */
public record TinyPair(CausalLm policy, CausalLm reference) implements AutoCloseable {
    public static TinyPair of(Path scratch, int vocabulary, ComputeType type) {
        return new TinyPair(
                CausalLm.trainable(directory(scratch, vocabulary, 1), type),
                CausalLm.frozen(directory(scratch, vocabulary, 2), type));
    }

    /** Where the policy's files are. */
    public static Path policyDirectory(Path scratch, int vocabulary) {
        directory(scratch, vocabulary, 1);
        return scratch.resolve("model-" + vocabulary + "-1");
    }

    /** Where the reference's files are. */
    public static Path referenceDirectory(Path scratch, int vocabulary) {
        directory(scratch, vocabulary, 2);
        return scratch.resolve("model-" + vocabulary + "-2");
    }

    private static ModelDirectory directory(Path scratch, int vocabulary, long seed) {
        try {
            Path directory = scratch.resolve("model-" + vocabulary + "-" + seed);
            if (Files.notExists(directory)) {
                Files.createDirectory(directory);
                Files.writeString(directory.resolve("config.json"), config(vocabulary));
                ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
                try (CausalLm fresh = CausalLm.fresh(source, ComputeType.FLOAT32, seed)) {
                    SafetensorsWriter.write(
                            directory.resolve("model.safetensors"), new LinkedHashMap<>(fresh.parameters()), Map.of());
                }
            }
            return ModelDirectory.ofLanguageModel(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String config(int vocabulary) {
        return """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": %d, "hidden_size": 16,
                 "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
                 "head_dim": 8, "hidden_act": "silu", "max_position_embeddings": 32, "rms_norm_eps": 1e-5,
                 "rope_theta": 10000.0, "attention_bias": false, "mlp_bias": false, "tie_word_embeddings": true,
                 "initializer_range": 0.3, "bos_token_id": 1, "eos_token_id": 2}
                """.formatted(vocabulary);
    }

    TorchBeltProbe probe(PieceSizes sizes) {
        return new TorchBeltProbe(policy, reference, sizes);
    }

    /** Ragged rows; row 3 counts nothing, row 4 has an uncounted token in its middle. */
    public TokenBatch batch() {
        Random random = new Random(8);
        int[] lengths = {9, 4, 1, 0, 7};
        int[][] prompts = new int[lengths.length][];
        int[][] responses = new int[lengths.length][];
        boolean[][] counts = new boolean[lengths.length][9];
        for (int b = 0; b < lengths.length; b++) {
            prompts[b] = random.ints(2 + b, 0, policy.vocabularySize()).toArray();
            responses[b] = random.ints(9, 0, policy.vocabularySize()).toArray();
            for (int t = 0; t < lengths[b]; t++) {
                counts[b][t] = b != 4 || t != 3;
            }
        }
        return new TokenBatch(prompts, responses, ResponseMask.of(counts));
    }

    /** Logprobs [T][V] of one sequence's distributions, each before its token; null where uncounted. */
    public static double[][] distributions(CausalLm model, TokenBatch batch, int sequence, double temperature) {
        int[] prompt = batch.prompts()[sequence];
        int counted = batch.responseMask().counted(sequence);
        long[] ids = new long[prompt.length + counted];
        int[] places = new int[counted];
        int next = 0;
        for (int id : prompt) {
            ids[next++] = id;
        }
        for (int t = 0; t < batch.responseWidth(); t++) {
            if (batch.responseMask().counts(sequence, t)) {
                places[next - prompt.length] = t;
                ids[next++] = batch.responses()[sequence][t];
            }
        }
        double[][] logits = Scoped.computeWithoutGradients(() -> {
            Tensor rows = Tensors.of(ids, 1, ids.length);
            return Tensors.toRows(
                    model.logits(model.hidden(TokenRows.leftAligned(rows)).squeeze(0)));
        });
        double[][] distributions = new double[batch.responseWidth()][];
        for (int i = 0; i < counted; i++) {
            distributions[places[i]] = logSoftmax(logits[prompt.length - 1 + i], temperature);
        }
        return distributions;
    }

    private static double[] logSoftmax(double[] logits, double temperature) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double z : logits) {
            greatest = Math.max(greatest, z / temperature);
        }
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z / temperature - greatest);
        }
        double[] logprobs = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            logprobs[v] = logits[v] / temperature - greatest - Math.log(sum);
        }
        return logprobs;
    }

    @Override
    public void close() {
        policy.close();
        reference.close();
    }
}
