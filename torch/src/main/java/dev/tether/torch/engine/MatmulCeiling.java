package dev.tether.torch.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * How fast this process multiplies matrices: the best that a network made of them could reach.
 *
 * @param product what was multiplied
 * @param engine who did it
 * @param gigaflopsPerSecond of the fastest of several rounds, 10⁹ operations per second
 */
public record MatmulCeiling(Product product, Engine engine, double gigaflopsPerSecond) {
    private static final int ROUNDS = 5;
    private static final long NANOS_PER_ROUND = 30_000_000L;

    /** [rows][inputs] times [inputs][outputs]: 2 · rows · inputs · outputs operations. */
    public record Product(long rows, long inputs, long outputs) {
        public double flops() {
            return 2.0 * rows * inputs * outputs;
        }
    }

    /** Who multiplies. */
    public enum Engine {
        /** {@code torch::mm}, by the BLAS inside torch. */
        TORCH_MM,
        /** oneDNN on weights as they lie. */
        ONEDNN,
        /** oneDNN on weights laid out for it beforehand. */
        ONEDNN_PACKED
    }

    /** Measures each product by every engine that can make it: about half a second for each product. */
    public static List<MatmulCeiling> measure(List<Product> products, ComputeType type) {
        TorchEngine.ensureStarted();
        List<MatmulCeiling> all = new ArrayList<>();
        for (Product product : products) {
            for (Engine engine : Engine.values()) {
                if (engine == Engine.TORCH_MM || OneDnn.supports(type)) {
                    all.add(Scoped.computeWithoutGradients(() -> of(product, engine, type)));
                }
            }
        }
        return all;
    }

    private static MatmulCeiling of(Product product, Engine engine, ComputeType type) {
        TensorOptions options = new TensorOptions(type.scalarType());
        Tensor x = torch.ones(new long[] {product.rows(), product.inputs()}, options);
        Tensor weight = torch.ones(new long[] {product.outputs(), product.inputs()}, options);
        Supplier<Tensor> multiply = multiplication(engine, x, weight);
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.max(best, product.flops() / nanosEach(multiply));
        }
        return new MatmulCeiling(product, engine, best);
    }

    private static Supplier<Tensor> multiplication(Engine engine, Tensor x, Tensor weight) {
        return switch (engine) {
            case TORCH_MM -> {
                Tensor transposed = weight.t();
                Tensor product = torch.mm(x, transposed);
                yield () -> torch.mm_out(product, x, transposed);
            }
            case ONEDNN -> () -> OneDnn.linear(x, weight, null);
            case ONEDNN_PACKED -> {
                Tensor packed = OneDnn.pack(weight, x.size(0));
                yield () -> OneDnn.linear(x, packed, null);
            }
        };
    }

    private static double nanosEach(Supplier<Tensor> multiply) {
        long start = System.nanoTime();
        long done = 0;
        while (System.nanoTime() - start < NANOS_PER_ROUND) {
            Scoped.run(multiply::get);
            done++;
        }
        return (System.nanoTime() - start) / (double) done;
    }
}
