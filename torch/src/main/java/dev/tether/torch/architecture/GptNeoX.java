package dev.tether.torch.architecture;

import dev.tether.torch.architecture.AttentionSpec.FusedOrder;
import dev.tether.torch.architecture.BlockSpec.Residual;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * GPT-NeoX and Pythia: attention and feed-forward side by side, only a share of each head rotated, LayerNorm, queries,
 * keys and values fused head by head. Dropout is never applied.
 */
final class GptNeoX {
    private static final String PREFIX = "gpt_neox.";
    private static final String HEAD = "embed_out.weight";

    private GptNeoX() {}

    static ModelFamily family() {
        return new ModelFamily(
                "gpt_neox",
                List.of("GPTNeoXForCausalLM"),
                List.of("GPTNeoXForSequenceClassification"),
                HEAD,
                List.of(".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"),
                GptNeoX::describe);
    }

    private static DecoderSpec describe(ConfigFile config) {
        int width = config.positiveInteger("hidden_size");
        int heads = config.positiveInteger("num_attention_heads");
        if (width % heads != 0) {
            throw config.wrong("num_attention_heads", "must divide hidden_size = " + width);
        }
        AttentionSpec.Heads shape = new AttentionSpec.Heads(heads, heads, width / heads);
        String embedding = PREFIX + "embed_in.weight";
        return new DecoderSpec(
                PREFIX,
                config.positiveInteger("vocab_size"),
                width,
                config.positiveInteger("max_position_embeddings", 2048),
                embedding,
                RopeConfig.readPartial(config, shape.size()),
                blocks(config, width, shape),
                norm(config, PREFIX + "final_layer_norm", width),
                config.flag("tie_word_embeddings", false) ? embedding : HEAD,
                config.positiveNumber("initializer_range", 0.02));
    }

    private static List<BlockSpec> blocks(ConfigFile config, int width, AttentionSpec.Heads heads) {
        Residual residual = config.flag("use_parallel_residual", true) ? Residual.PARALLEL : Residual.SEQUENTIAL;
        int layers = config.positiveInteger("num_hidden_layers");
        List<BlockSpec> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            String layer = PREFIX + "layers." + i + ".";
            blocks.add(new BlockSpec(
                    residual,
                    norm(config, layer + "input_layernorm", width),
                    attention(config, layer + "attention.", width, heads),
                    norm(config, layer + "post_attention_layernorm", width),
                    feedForward(config, layer + "mlp.", width)));
        }
        return blocks;
    }

    private static AttentionSpec attention(ConfigFile config, String name, int width, AttentionSpec.Heads heads) {
        Bias bias = Bias.addedIf(config.flag("attention_bias", true));
        LinearSpec input = linear(name + "query_key_value", width, 3 * width, bias);
        return new AttentionSpec(
                new AttentionSpec.Fused(input, FusedOrder.BY_HEAD),
                Optional.empty(),
                heads,
                OptionalInt.empty(),
                linear(name + "dense", width, width, bias));
    }

    private static FeedForwardSpec feedForward(ConfigFile config, String name, int width) {
        int inner = config.positiveInteger("intermediate_size");
        return new FeedForwardSpec.Plain(
                linear(name + "dense_h_to_4h", width, inner, Bias.ADDED),
                linear(name + "dense_4h_to_h", inner, width, Bias.ADDED),
                Activation.read(config, "hidden_act", "gelu"));
    }

    private static NormSpec norm(ConfigFile config, String name, int width) {
        return new NormSpec(name, NormSpec.Kind.LAYER, width, config.positiveNumber("layer_norm_eps", 1e-5));
    }

    private static LinearSpec linear(String name, int inputs, int outputs, Bias bias) {
        return new LinearSpec(name, inputs, outputs, Layout.OUTPUTS_FIRST, bias);
    }
}
