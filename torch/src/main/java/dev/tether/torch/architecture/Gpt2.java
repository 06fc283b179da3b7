package dev.tether.torch.architecture;

import dev.tether.torch.architecture.AttentionSpec.FusedOrder;
import dev.tether.torch.architecture.BlockSpec.Residual;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** GPT-2: learned positions, LayerNorm, plain feed-forward, weights stored inputs first. Dropout is never applied. */
final class Gpt2 {
    private static final String PREFIX = "transformer.";
    private static final String HEAD = "lm_head.weight";

    private Gpt2() {}

    static ModelFamily family() {
        return new ModelFamily(
                "gpt2",
                List.of("GPT2LMHeadModel"),
                List.of("GPT2ForSequenceClassification"),
                HEAD,
                List.of(".attn.bias", ".attn.masked_bias"),
                Gpt2::describe);
    }

    private static DecoderSpec describe(ConfigFile config) {
        int width = config.positiveInteger("n_embd");
        int heads = config.positiveInteger("n_head");
        if (width % heads != 0) {
            throw config.wrong("n_head", "must divide n_embd = " + width);
        }
        refuse(config, "add_cross_attention", false);
        refuse(config, "scale_attn_by_inverse_layer_idx", false);
        refuse(config, "scale_attn_weights", true);
        int positions = config.positiveInteger("n_positions", 1024);
        String embedding = PREFIX + "wte.weight";
        return new DecoderSpec(
                PREFIX,
                config.positiveInteger("vocab_size"),
                width,
                positions,
                embedding,
                new PositionSpec.Learned(PREFIX + "wpe.weight", positions),
                blocks(config, width, heads),
                norm(config, PREFIX + "ln_f", width),
                config.flag("tie_word_embeddings", true) ? embedding : HEAD,
                config.positiveNumber("initializer_range", 0.02));
    }

    /** Refuses any other value of {@code key} than the one that is supported, which is also its default. */
    private static void refuse(ConfigFile config, String key, boolean supported) {
        if (config.flag(key, supported) != supported) {
            throw config.wrong(key, "is not supported, must be " + supported);
        }
    }

    private static List<BlockSpec> blocks(ConfigFile config, int width, int heads) {
        int layers = config.positiveInteger("n_layer");
        List<BlockSpec> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            String layer = PREFIX + "h." + i + ".";
            AttentionSpec attention = new AttentionSpec(
                    new AttentionSpec.Fused(linear(layer + "attn.c_attn", width, 3 * width), FusedOrder.BY_KIND),
                    Optional.empty(),
                    new AttentionSpec.Heads(heads, heads, width / heads),
                    OptionalInt.empty(),
                    linear(layer + "attn.c_proj", width, width));
            blocks.add(new BlockSpec(
                    Residual.SEQUENTIAL,
                    norm(config, layer + "ln_1", width),
                    attention,
                    norm(config, layer + "ln_2", width),
                    feedForward(config, layer + "mlp.", width)));
        }
        return blocks;
    }

    private static FeedForwardSpec feedForward(ConfigFile config, String name, int width) {
        int inner = config.positiveInteger("n_inner", 4 * width);
        return new FeedForwardSpec.Plain(
                linear(name + "c_fc", width, inner),
                linear(name + "c_proj", inner, width),
                Activation.read(config, "activation_function", "gelu_new"));
    }

    private static NormSpec norm(ConfigFile config, String name, int width) {
        return new NormSpec(name, NormSpec.Kind.LAYER, width, config.positiveNumber("layer_norm_epsilon", 1e-5));
    }

    private static LinearSpec linear(String name, int inputs, int outputs) {
        return new LinearSpec(name, inputs, outputs, Layout.INPUTS_FIRST, Bias.ADDED);
    }
}
