package dev.tether.torch;

import dev.tether.torch.engine.Crew;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.torch.network.ResponsePass;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.network.ResponseTensors;
import dev.tether.torch.network.ValueFunction;
import dev.tether.torch.network.ValuePass;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.TokenBatch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Reads responses in microbatches, without gradients, into Java arrays; the threads share the rows of each. */
final class ResponseReader {
    private ResponseReader() {}

    /** @param values null without a value function */
    static Evaluation evaluate(
            CausalLm network, ValueFunction values, TokenBatch batch, double temperature, int microbatchSize) {
        double[][] logprobs = zeros(batch);
        double[][] entropy = zeros(batch);
        double[][] value = values == null ? new double[0][] : zeros(batch);
        inMicrobatches(network, batch, microbatchSize, (rows, part) -> {
            ResponseTensors read = ResponsePass.run(network, values, part, temperature, EntropyGradient.NONE);
            scatter(read.logprobs(), rows, logprobs);
            scatter(read.entropy(), rows, entropy);
            if (values != null) {
                scatter(read.values(), rows, value);
            }
        });
        return new Evaluation(logprobs, entropy, value);
    }

    /** [B][T]; no row where {@code values} is null, for there is no value function. */
    static double[][] values(CausalLm network, ValueFunction values, TokenBatch batch, int microbatchSize) {
        if (values == null) {
            return new double[0][];
        }
        double[][] value = zeros(batch);
        inMicrobatches(
                network,
                batch,
                microbatchSize,
                (rows, part) -> scatter(ValuePass.run(network, values, part), rows, value));
        return value;
    }

    /** [B][T] nats. */
    static double[][] logprobs(CausalLm network, TokenBatch batch, double temperature, int microbatchSize) {
        double[][] logprobs = zeros(batch);
        inMicrobatches(
                network,
                batch,
                microbatchSize,
                (rows, part) -> scatter(ResponsePass.logprobs(network, part, temperature), rows, logprobs));
        return logprobs;
    }

    private static double[][] zeros(TokenBatch batch) {
        return new double[batch.sequences()][batch.responseWidth()];
    }

    private static void scatter(Tensor read, int[] rows, double[][] into) {
        double[][] part = Tensors.toRows(read);
        for (int i = 0; i < rows.length; i++) {
            into[rows[i]] = part[i];
        }
    }

    /** Sequences of like length share a microbatch, so that little of it is padding; one without a token is in none. */
    private static void inMicrobatches(
            CausalLm network, TokenBatch batch, int size, BiConsumer<int[], TokenBatch> reader) {
        CountedStates.requireRoom(batch, network.contextLength());
        int[] order = IntStream.range(0, batch.sequences())
                .filter(b -> batch.responseMask().counted(b) > 0)
                .boxed()
                .sorted(Comparator.comparingInt(b -> length(batch, b)))
                .mapToInt(Integer::intValue)
                .toArray();
        int step = size == 0 ? Math.max(1, order.length) : size;
        for (int first = 0; first < order.length; first += step) {
            int[] rows = Arrays.copyOfRange(order, first, Math.min(order.length, first + step));
            Crew crew = TorchEngine.crew();
            crew.run(
                    Math.min(crew.size(), rows.length),
                    share -> Scoped.runWithoutGradients(() -> {
                        int[] own = IntStream.iterate(share, i -> i < rows.length, i -> i + crew.size())
                                .map(i -> rows[i])
                                .toArray();
                        reader.accept(own, batch.rows(own));
                    }));
        }
    }

    private static int length(TokenBatch batch, int sequence) {
        return batch.prompts()[sequence].length + batch.responseMask().counted(sequence);
    }
}
