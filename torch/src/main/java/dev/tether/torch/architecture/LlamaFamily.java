package dev.tether.torch.architecture;

import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import java.util.ArrayList;
import java.util.List;

/** Llama, and what is stored in its form (SmolLM2, TinyLlama, llama2.c stories): RoPE, RMSNorm, gated feed-forward. */
final class LlamaFamily implements ModelFamily {
    private static final String PREFIX = "model.";

    @Override
    public String modelType() {
        return "llama";
    }

    @Override
    public List<String> languageModels() {
        return List.of("LlamaForCausalLM");
    }

    @Override
    public List<String> sequenceClassifiers() {
        return List.of("LlamaForSequenceClassification");
    }

    @Override
    public boolean isIgnored(String tensorName) {
        return tensorName.endsWith(".rotary_emb.inv_freq");
    }

    @Override
    public DecoderSpec describe(ConfigFile config) {
        int vocabulary = config.positiveInteger("vocab_size");
        int width = config.positiveInteger("hidden_size");
        int heads = config.positiveInteger("num_attention_heads");
        int headSize = config.positiveInteger("head_dim", Math.max(1, width / heads));
        if (!config.has("head_dim") && width % heads != 0) {
            throw config.wrong("num_attention_heads", "must divide hidden_size = " + width);
        }
        String embedding = PREFIX + "embed_tokens.weight";
        return new DecoderSpec(
                PREFIX,
                vocabulary,
                width,
                config.positiveInteger("max_position_embeddings", 2048),
                embedding,
                RopeConfig.read(config, headSize),
                blocks(config, width, heads, headSize),
                norm(config, PREFIX + "norm", width),
                config.flag("tie_word_embeddings", false) ? embedding : "lm_head.weight",
                config.positiveNumber("initializer_range", 0.02));
    }

    private static List<BlockSpec> blocks(ConfigFile config, int width, int heads, int headSize) {
        int layers = config.positiveInteger("num_hidden_layers");
        List<BlockSpec> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            String layer = PREFIX + "layers." + i + ".";
            blocks.add(new BlockSpec(
                    norm(config, layer + "input_layernorm", width),
                    attention(config, layer + "self_attn.", width, heads, headSize),
                    norm(config, layer + "post_attention_layernorm", width),
                    feedForward(config, layer + "mlp.", width)));
        }
        return blocks;
    }

    private static AttentionSpec attention(ConfigFile config, String name, int width, int heads, int headSize) {
        int keyHeads = config.positiveInteger("num_key_value_heads", heads);
        if (heads % keyHeads != 0) {
            throw config.wrong("num_key_value_heads", "must divide num_attention_heads = " + heads);
        }
        Bias bias = Bias.addedIf(config.flag("attention_bias", false));
        LinearSpec query = linear(name + "q_proj", width, heads * headSize, bias);
        LinearSpec key = linear(name + "k_proj", width, keyHeads * headSize, bias);
        LinearSpec value = linear(name + "v_proj", width, keyHeads * headSize, bias);
        LinearSpec output = linear(name + "o_proj", heads * headSize, width, bias);
        return new AttentionSpec(new AttentionSpec.Separate(query, key, value), output, heads, keyHeads, headSize);
    }

    private static FeedForwardSpec feedForward(ConfigFile config, String name, int width) {
        int inner = config.positiveInteger("intermediate_size");
        Bias bias = Bias.addedIf(config.flag("mlp_bias", false));
        String act = config.text("hidden_act").orElse("silu");
        Activation activation = Activation.named(act)
                .orElseThrow(() -> config.wrong("hidden_act", "is not supported; supported: " + Activation.names()));
        return new FeedForwardSpec.Gated(
                linear(name + "gate_proj", width, inner, bias),
                linear(name + "up_proj", width, inner, bias),
                linear(name + "down_proj", inner, width, bias),
                activation);
    }

    private static NormSpec norm(ConfigFile config, String name, int width) {
        return new NormSpec(name, NormSpec.Kind.RMS, width, config.positiveNumber("rms_norm_eps", 1e-6));
    }

    private static LinearSpec linear(String name, int inputs, int outputs, Bias bias) {
        return new LinearSpec(name, inputs, outputs, Layout.OUTPUTS_FIRST, bias);
    }
}
