package dev.tether.torch.optim;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.parallel.TensorPeers;
import dev.tether.torch.safetensors.Weights;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), through libtorch's own fused kernel: the
 * arithmetic of {@code torch.optim.AdamW(fused=True)}, which TRL uses. Owns moments, gradients and step count, not the
 * parameters.
 */
public final class AdamW implements AutoCloseable {
    private static final String STEP = "step";
    private static final String MEAN = "exp_avg.";
    private static final String SQUARE = "exp_avg_sq.";

    private final Map<String, Tensor> parameters;
    private final OptimizerSettings settings;
    private final Gradients gradients;
    private final FlatBuffer means;
    private final FlatBuffer squares;
    private final Tensor stepCount;
    private final FusedKernel kernel;
    private long steps;

    /** @param parameters leaf tensors of one floating dtype that require gradients, by name, in a stable order */
    public AdamW(Map<String, Tensor> parameters, OptimizerSettings settings) {
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.settings = settings;
        requireOneType();
        this.gradients = new Gradients(parameters.values());
        this.means = new FlatBuffer(parameters.values());
        this.squares = new FlatBuffer(parameters.values());
        // the kernel reads the count as float32 whatever the type of the parameters
        this.stepCount = Scoped.keep(() -> zeros(new long[] {}, new TensorOptions(ScalarType.Float)));
        this.kernel = new FusedKernel(
                List.of(List.copyOf(this.parameters.values()), gradients.views(), means.views(), squares.views()),
                stepCount,
                settings);
    }

    private void requireOneType() {
        ScalarType first = null;
        for (Map.Entry<String, Tensor> entry : parameters.entrySet()) {
            ScalarType type = entry.getValue().scalar_type().intern();
            first = first == null ? type : first;
            if (type != first
                    || !entry.getValue().is_leaf()
                    || !entry.getValue().requires_grad()) {
                throw new IllegalArgumentException("parameter '" + entry.getKey() + "' of type " + type
                        + ", must be a leaf that requires gradients, of the type of the others, " + first);
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("an optimiser needs at least one parameter");
        }
    }

    /** Where backward passes add up. */
    public Gradients gradients() {
        return gradients;
    }

    /** Steps taken so far, those before a restore included. */
    public long steps() {
        return steps;
    }

    /** One step along the gradients as they are; they are not cleared. */
    public void step(double learningRate) {
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learning_rate = " + learningRate + ", must be finite and >= 0");
        }
        steps++;
        Scoped.computeWithoutGradients(() -> {
            stepCount.fill_(new Scalar((double) steps));
            kernel.call(learningRate);
            return steps;
        });
    }

    /**
     * The whole state as live tensors of the parameters' type, the step count as int64: the moments under
     * {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}. In the caller's scope.
     */
    public LinkedHashMap<String, Tensor> state() {
        LinkedHashMap<String, Tensor> state = new LinkedHashMap<>();
        state.put(
                STEP,
                Scoped.handOver(() ->
                        zeros(new long[] {}, new TensorOptions(ScalarType.Long)).fill_(new Scalar(steps))));
        int i = 0;
        for (String name : parameters.keySet()) {
            state.put(MEAN + name, means.views().get(i));
            state.put(SQUARE + name, squares.views().get(i));
            i++;
        }
        return state;
    }

    /**
     * Takes over what {@link #state} gave, bit for bit.
     *
     * @throws InputException when a tensor is missing or of another shape or type; nothing is changed then
     */
    public void restore(Weights saved) {
        Scoped.computeWithoutGradients(() -> {
            LinkedHashMap<String, Tensor> state = state();
            state.forEach((name, tensor) -> requireLike(saved, name, tensor));
            steps = saved.tensor(STEP).item_long();
            state.remove(STEP);
            state.forEach((name, tensor) -> tensor.copy_(saved.tensor(name)));
            return steps;
        });
    }

    /** Takes over moments and step count of the first process, bit for bit. */
    public void takeStateOfFirst(TensorPeers peers) {
        peers.takeFirst(means.whole());
        peers.takeFirst(squares.whole());
        steps = (long) peers.takeFirst((double) steps);
    }

    private static void requireLike(Weights saved, String name, Tensor tensor) {
        boolean alike = Arrays.equals(saved.shape(name), tensor.shape())
                && saved.dtype(name).scalarType() == tensor.scalar_type().intern();
        if (!alike) {
            throw new InputException("saved optimiser state '" + name + "' is " + saved.dtype(name) + " "
                    + Arrays.toString(saved.shape(name)) + ", this model needs "
                    + tensor.scalar_type().intern() + " " + Arrays.toString(tensor.shape()));
        }
    }

    @Override
    public void close() {
        kernel.close();
        gradients.close();
        means.close();
        squares.close();
        stepCount.close();
    }
}
