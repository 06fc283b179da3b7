package dev.tether.cli.bench;

import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.MatmulCeiling;
import dev.tether.torch.engine.MatmulCeiling.Product;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Measures the products that a run was made of: the largest of a layer and the head, with many rows and with few. */
final class Ceilings {
    /** So that measuring holds less memory than what was measured. */
    private static final long MOST_OUTPUTS = 1 << 23;

    private Ceilings() {}

    static Recording measure(Recording recording) {
        return recording.with(MatmulCeiling.measure(
                products(recording),
                ComputeType.valueOf(recording.settings().model().dtype().name())));
    }

    /** The products of an update's minibatch, of the whole batch, and of one step of generation. */
    static List<Product> products(Recording recording) {
        int batch = recording.settings().prompts().batchSize();
        long length =
                recording.promptTokens() + recording.settings().generation().maxNewTokens() - 1L;
        int minibatches = recording.settings().update().minibatches();
        long perMinibatch = (batch + minibatches - 1) / minibatches;
        Set<Product> products = new LinkedHashSet<>();
        for (long rows : new long[] {batch, perMinibatch * length, batch * length}) {
            products.addAll(products(recording.model(), rows));
        }
        return new ArrayList<>(products);
    }

    private static List<Product> products(DecoderSpec model, long rows) {
        LinearSpec largest = model.linears().stream()
                .max(Comparator.comparingLong(linear -> (long) linear.inputs() * linear.outputs()))
                .orElseThrow();
        return List.of(
                product(rows, largest.inputs(), largest.outputs()),
                product(rows, model.width(), model.vocabularySize()));
    }

    private static Product product(long rows, long inputs, long outputs) {
        return new Product(Math.max(1, Math.min(rows, MOST_OUTPUTS / outputs)), inputs, outputs);
    }
}
