package dev.tether.torch.safetensors;

import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Named tensors on disk, mapped into memory rather than read.
 *
 * <p>Tensors share the mapping and keep it alive: they stay valid after {@link #close()}. The mapping is private, so
 * writing into a tensor never changes the file. The file must not be truncated while a tensor of it is in use.
 */
public sealed interface Weights extends AutoCloseable permits SafetensorsFile, ShardedWeights {
    /** All names, sorted. */
    Set<String> names();

    /** @throws dev.tether.run.InputException when there is no such tensor */
    long[] shape(String name);

    /** @throws dev.tether.run.InputException when there is no such tensor */
    Dtype dtype(String name);

    /**
     * The tensor in its dtype on disk, without a copy unless the file places it off its element's alignment. It
     * belongs to the caller's scope, see {@link dev.tether.torch.engine.Scoped}.
     *
     * @throws dev.tether.run.InputException when there is no such tensor
     */
    Tensor tensor(String name);

    @Override
    void close();
}
