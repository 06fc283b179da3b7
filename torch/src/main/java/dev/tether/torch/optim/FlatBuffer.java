package dev.tether.torch.optim;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.Scoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Zeros in one piece of memory, seen as one view per parameter: what concerns all parameters (clearing, norm, scaling)
 * is one operation on {@link #whole}.
 */
final class FlatBuffer implements AutoCloseable {
    private final Tensor whole;
    private final List<Tensor> views = new ArrayList<>();

    FlatBuffer(Collection<Tensor> parameters) {
        long elements = parameters.stream().mapToLong(Tensor::numel).sum();
        whole = Scoped.keep(
                () -> zeros(new long[] {elements}, parameters.iterator().next().options()));
        long at = 0;
        for (Tensor parameter : parameters) {
            long begin = at;
            views.add(
                    Scoped.keep(() -> whole.narrow(0, begin, parameter.numel()).view(parameter.shape())));
            at += parameter.numel();
        }
    }

    Tensor whole() {
        return whole;
    }

    /** One per parameter, in their order and shapes. */
    List<Tensor> views() {
        return views;
    }

    @Override
    public void close() {
        views.forEach(Tensor::close);
        whole.close();
    }
}
