package dev.tether.torch;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.ResponsePass;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.network.ResponseTensors;
import dev.tether.torch.network.ValueFunction;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.TokenBatch;
import java.util.stream.IntStream;

/** Reads responses in microbatches, without gradients, into Java arrays. */
final class ResponseReader {
    private ResponseReader() {}

    /** @param values null without a value function */
    static Evaluation read(
            CausalLm network, ValueFunction values, TokenBatch batch, double temperature, int microbatchSize) {
        requireRoom(batch, network.contextLength());
        int sequences = batch.sequences();
        int step = microbatchSize == 0 ? sequences : microbatchSize;
        double[][] logprobs = new double[sequences][];
        double[][] entropy = new double[sequences][];
        double[][] value = values == null ? new double[0][] : new double[sequences][];
        for (int first = 0; first < sequences; first += step) {
            int from = first;
            int[] rows = IntStream.range(first, Math.min(sequences, first + step))
                    .filter(b -> batch.responseMask().counted(b) > 0)
                    .toArray();
            if (rows.length == 0) {
                continue;
            }
            Evaluation part = readRows(network, values, batch.rows(rows), temperature);
            for (int i = 0; i < rows.length; i++) {
                logprobs[rows[i]] = part.logprobs()[i];
                entropy[rows[i]] = part.entropy()[i];
                if (values != null) {
                    value[rows[i]] = part.values()[i];
                }
            }
        }
        for (int b = 0; b < sequences; b++) {
            if (logprobs[b] == null) {
                logprobs[b] = new double[batch.responseWidth()];
                entropy[b] = new double[batch.responseWidth()];
                if (values != null) {
                    value[b] = new double[batch.responseWidth()];
                }
            }
        }
        return new Evaluation(logprobs, entropy, value);
    }

    private static Evaluation readRows(CausalLm network, ValueFunction values, TokenBatch rows, double temperature) {
        return Scoped.computeWithoutGradients(() -> {
            ResponseTensors read = ResponsePass.run(network, values, rows, temperature, EntropyGradient.NONE);
            return new Evaluation(
                    Tensors.toRows(read.logprobs()),
                    Tensors.toRows(read.entropy()),
                    read.values() == null ? new double[0][] : Tensors.toRows(read.values()));
        });
    }

    private static void requireRoom(TokenBatch batch, int contextLength) {
        for (int b = 0; b < batch.sequences(); b++) {
            int tokens = batch.prompts()[b].length + batch.responseMask().counted(b);
            if (tokens > contextLength) {
                throw new IllegalArgumentException("sequence " + b + " has " + batch.prompts()[b].length
                        + " prompt tokens and " + batch.responseMask().counted(b) + " response tokens, together "
                        + tokens + ": the model's context is " + contextLength);
            }
        }
    }
}
