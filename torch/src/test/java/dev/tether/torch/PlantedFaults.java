package dev.tether.torch;

import static org.bytedeco.pytorch.global.torch.dropout;
import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.torch.network.TokenRows;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Models that are wrong in one way each, as real set-ups are: all but the fault is the real model. */
final class PlantedFaults {
    private PlantedFaults() {}

    private interface Reading {
        double[][] logprobs(TokenBatch batch, double temperature);
    }

    /** Owns {@code model}. */
    private record Faulty(TorchReferenceModel model, Reading reading) implements ReferenceModel {
        @Override
        public double[][] logprobs(TokenBatch batch, double temperature) {
            return reading.logprobs(batch, temperature);
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** Reads at a temperature of its own, whatever it is asked for. */
    static ReferenceModel deafToTheTemperature(TorchReferenceModel model) {
        return new Faulty(model, (batch, temperature) -> model.logprobs(batch, 1));
    }

    /** Divides once more. */
    static ReferenceModel cooled(TorchReferenceModel model, double factor) {
        return new Faulty(model, (batch, temperature) -> model.logprobs(batch, temperature * factor));
    }

    /** Takes two ids for one another. */
    static ReferenceModel swapping(TorchReferenceModel model, int a, int b) {
        IntUnaryOperator swap = id -> id == a ? b : id == b ? a : id;
        return new Faulty(
                model,
                (batch, temperature) -> model.logprobs(
                        new TokenBatch(map(batch.prompts(), swap), map(batch.responses(), swap), batch.responseMask()),
                        temperature));
    }

    private static int[][] map(int[][] ids, IntUnaryOperator f) {
        return Arrays.stream(ids)
                .map(row -> Arrays.stream(row).map(f).toArray())
                .toArray(int[][]::new);
    }

    /** A tenth of the last hidden state is dropped, as in training. */
    static ReferenceModel withDropout(TorchReferenceModel model) {
        return new Faulty(model, (batch, temperature) -> dropping(model.network(), batch, temperature));
    }

    /** The same in the policy wherever it is read; its sampler is sound. */
    static PolicyModel policyWithDropout(TorchPolicyModel model) {
        return (PolicyModel) Proxy.newProxyInstance(
                PlantedFaults.class.getClassLoader(),
                new Class<?>[] {PolicyModel.class},
                (proxy, method, arguments) -> {
                    Object result = method.invoke(model, arguments);
                    return result instanceof Evaluation evaluation
                            ? new Evaluation(
                                    dropping(model.network(), (TokenBatch) arguments[0], (double) arguments[1]),
                                    evaluation.entropy(),
                                    evaluation.values())
                            : result;
                });
    }

    private static double[][] dropping(CausalLm network, TokenBatch batch, double temperature) {
        double[] nats = Scoped.computeWithoutGradients(() -> {
            CountedStates states = CountedStates.of(network, batch);
            Tensor logits = network.logits(dropout(states.hidden(), 0.1, true));
            return Tensors.toDoubles(log_softmax(logits.div(new Scalar(temperature)), -1)
                    .gather(1, states.targets().unsqueeze(1)));
        });
        return scattered(nats, batch.responseMask());
    }

    private static double[][] scattered(double[] nats, ResponseMask mask) {
        double[][] rows = new double[mask.sequences()][];
        int next = 0;
        for (int b = 0; b < rows.length; b++) {
            rows[b] = new double[mask.width(b)];
            for (int t = 0; t < rows[b].length; t++) {
                rows[b][t] = mask.counts(b, t) ? nats[next++] : 0;
            }
        }
        return rows;
    }

    /**
     * Pads prompts on the right where the model wants them on the left: between a prompt and its response lie padding and
     * positions that nobody counts. The padding itself is hidden from attention.
     */
    static ReferenceModel paddingOnTheRight(TorchReferenceModel model) {
        return new Faulty(model, (batch, temperature) -> {
            int width =
                    Arrays.stream(batch.prompts()).mapToInt(p -> p.length).max().orElseThrow();
            int total = width + batch.responseWidth();
            return Scoped.computeWithoutGradients(() -> {
                Tensor logits = model.network()
                        .logits(model.network().hidden(padded(batch, width, total)))
                        .div(new Scalar(temperature));
                return chosen(Tensors.toDoubles(log_softmax(logits, -1)), batch, width, model.network());
            });
        });
    }

    private static TokenRows padded(TokenBatch batch, int width, int total) {
        int rows = batch.sequences();
        long[] ids = new long[rows * total];
        long[] positions = new long[rows * total];
        double[] seen = new double[rows * total];
        for (int b = 0; b < rows; b++) {
            for (int i = 0; i < total; i++) {
                int prompt = batch.prompts()[b].length;
                int cell = b * total + i;
                positions[cell] = i;
                ids[cell] = i < prompt ? batch.prompts()[b][i] : i < width ? 0 : batch.responses()[b][i - width];
                seen[cell] = i < prompt || i >= width ? 1 : 0;
            }
        }
        Tensor mask = Tensors.of(seen, rows, total).gt(new Scalar(0.5));
        return new TokenRows(Tensors.of(ids, rows, total), Tensors.of(positions, rows, total), mask);
    }

    /** The first token is read off the prompt's last one, as every trainer with this fault does. */
    private static double[][] chosen(double[] logprobs, TokenBatch batch, int width, CausalLm network) {
        int total = width + batch.responseWidth();
        double[][] chosen = new double[batch.sequences()][batch.responseWidth()];
        for (int b = 0; b < chosen.length; b++) {
            for (int t = 0; t < chosen[b].length; t++) {
                int readAt = t == 0 ? batch.prompts()[b].length - 1 : width + t - 1;
                int at = (b * total + readAt) * network.vocabularySize() + batch.responses()[b][t];
                chosen[b][t] = batch.responseMask().counts(b, t) ? logprobs[at] : 0;
            }
        }
        return chosen;
    }
}
