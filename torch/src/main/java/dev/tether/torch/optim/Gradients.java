package dev.tether.torch.optim;

import dev.tether.torch.engine.Scoped;
import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The gradients of all parameters, in one buffer: backward passes add to it, so microbatches sum without a copy. It
 * takes the place of whatever gradients the parameters had, which {@link #close} puts back.
 */
public final class Gradients implements AutoCloseable {
    /** As torch.nn.utils.clip_grad_norm_: keeps the factor finite for a zero gradient. */
    private static final double NORM_FLOOR = 1e-6;

    private final List<Tensor> parameters;
    private final List<Tensor> replaced;
    private final FlatBuffer buffer;

    /** Zeros; {@code parameters} are leaf tensors of one dtype that require gradients. */
    public Gradients(Collection<Tensor> parameters) {
        this.parameters = List.copyOf(parameters);
        this.replaced = this.parameters.stream()
                .map(parameter -> Scoped.keep(() -> new Tensor(parameter.grad())))
                .toList();
        this.buffer = new FlatBuffer(parameters);
        for (int i = 0; i < this.parameters.size(); i++) {
            attach(this.parameters.get(i), buffer.views().get(i));
        }
    }

    private static void attach(Tensor parameter, Tensor gradient) {
        Scoped.run(() -> parameter.mutable_grad().put(gradient));
    }

    List<Tensor> views() {
        return buffer.views();
    }

    /** All of them in one dimension, live. */
    public Tensor whole() {
        return buffer.whole();
    }

    /** Forgets what backward passes have added. */
    public void clear() {
        Scoped.computeWithoutGradients(() -> buffer.whole().zero_().numel());
    }

    /** Adds those of another network on the same weights. */
    public void include(Gradients other) {
        Scoped.computeWithoutGradients(() -> buffer.whole().add_(other.whole()).numel());
    }

    /** The global L2 norm; NaN or infinite where a gradient is. */
    public double norm() {
        return Scoped.computeWithoutGradients(() -> buffer.whole().norm().item_double());
    }

    /** Shortens the whole gradient to {@code maxNorm} where it is longer; {@code norm} is what {@link #norm} says. */
    public void clip(double norm, double maxNorm) {
        double factor = maxNorm / (norm + NORM_FLOOR);
        if (factor < 1) {
            Scoped.computeWithoutGradients(
                    () -> buffer.whole().mul_(new Scalar(factor)).numel());
        }
    }

    /** Puts back the gradients that the parameters had before, and frees these. */
    @Override
    public void close() {
        for (int i = 0; i < parameters.size(); i++) {
            attach(parameters.get(i), replaced.get(i));
            replaced.get(i).close();
        }
        buffer.close();
    }
}
