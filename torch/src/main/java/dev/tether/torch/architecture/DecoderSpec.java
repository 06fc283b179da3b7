package dev.tether.torch.architecture;

import dev.tether.torch.architecture.ParameterSpec.Initial;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder-only language model as data: every choice in which the supported families differ. A family is a function
 * from config.json to this description; there is one network that reads it.
 *
 * @param prefix what the names of all trunk tensors begin with; a checkpoint may leave it out
 * @param contextLength positions the model can attend to
 * @param tokenEmbedding name of the [vocabulary][width] embedding
 * @param head name of the [vocabulary][width] output weight; the same as {@code tokenEmbedding} where they are tied
 * @param initializerRange standard deviation of fresh weights
 */
public record DecoderSpec(
        String prefix,
        int vocabularySize,
        int width,
        int contextLength,
        String tokenEmbedding,
        PositionSpec positions,
        List<BlockSpec> blocks,
        NormSpec finalNorm,
        String head,
        double initializerRange) {
    public DecoderSpec {
        blocks = List.copyOf(blocks);
    }

    /** Whether the output weight is the embedding itself. */
    public boolean tied() {
        return head.equals(tokenEmbedding);
    }

    /** The affine maps of all layers, in the order of the forward pass. */
    public List<LinearSpec> linears() {
        List<LinearSpec> all = new ArrayList<>();
        blocks.forEach(block -> {
            all.addAll(block.attention().input().linears());
            all.add(block.attention().output());
            all.addAll(block.feedForward().linears());
        });
        return all;
    }

    /** Parameters of everything but the output head, in the order of the forward pass. */
    public List<ParameterSpec> trunkParameters() {
        List<ParameterSpec> all = new ArrayList<>();
        all.add(new ParameterSpec(tokenEmbedding, new long[] {vocabularySize, width}, Initial.NORMAL));
        if (positions instanceof PositionSpec.Learned learned) {
            all.add(new ParameterSpec(learned.weightName(), new long[] {learned.positions(), width}, Initial.NORMAL));
        }
        blocks.forEach(block -> all.addAll(block.parameters()));
        all.addAll(finalNorm.parameters());
        return all;
    }

    /** All parameters of the language model. */
    public List<ParameterSpec> parameters() {
        List<ParameterSpec> all = trunkParameters();
        if (!tied()) {
            all.add(new ParameterSpec(head, new long[] {vocabularySize, width}, Initial.NORMAL));
        }
        return all;
    }
}
