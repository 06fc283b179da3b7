package dev.tether.torch.architecture;

import dev.tether.torch.architecture.BlockSpec.Residual;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The families that are stored in Llama's form: RoPE, RMSNorm, grouped-query attention, gated feed-forward. They differ
 * in {@link Form}.
 */
final class LlamaFamilies {
    /**
     * What the families differ in.
     *
     * @param headSize values per head where config.json has no {@code head_dim}; empty = width / heads
     */
    private record Form(
            AttentionBias bias, HeadNorm headNorm, AttentionWindows.Rule windows, OptionalInt headSize, Theta theta) {}

    private enum AttentionBias {
        /** On all four maps, if {@code attention_bias} says so. */
        BY_CONFIG,
        /** On queries, keys and values always. */
        ON_INPUT,
        NONE
    }

    private enum HeadNorm {
        NONE,
        /** RMSNorm over each head of queries and keys, before the rotation. */
        QUERY_AND_KEY
    }

    private enum Theta {
        /** 10,000 where config.json has none. */
        OPTIONAL,
        /** The default changed between versions, so it must be there. */
        REQUIRED
    }

    private static final String PREFIX = "model.";

    private LlamaFamilies() {}

    /** Llama, and what calls itself so: SmolLM2, TinyLlama, llama2.c stories. */
    static ModelFamily llama() {
        return family(
                "llama",
                "Llama",
                new Form(
                        AttentionBias.BY_CONFIG,
                        HeadNorm.NONE,
                        AttentionWindows.Rule.NONE,
                        OptionalInt.empty(),
                        Theta.OPTIONAL));
    }

    static ModelFamily mistral() {
        return family(
                "mistral",
                "Mistral",
                new Form(
                        AttentionBias.NONE,
                        HeadNorm.NONE,
                        AttentionWindows.Rule.EVERY_LAYER,
                        OptionalInt.empty(),
                        Theta.OPTIONAL));
    }

    static ModelFamily qwen2() {
        return family(
                "qwen2",
                "Qwen2",
                new Form(
                        AttentionBias.ON_INPUT,
                        HeadNorm.NONE,
                        AttentionWindows.Rule.BY_LAYER,
                        OptionalInt.empty(),
                        Theta.REQUIRED));
    }

    static ModelFamily qwen3() {
        return family(
                "qwen3",
                "Qwen3",
                new Form(
                        AttentionBias.BY_CONFIG,
                        HeadNorm.QUERY_AND_KEY,
                        AttentionWindows.Rule.BY_LAYER,
                        OptionalInt.of(128),
                        Theta.REQUIRED));
    }

    private static ModelFamily family(String modelType, String name, Form form) {
        String head = "lm_head.weight";
        return new ModelFamily(
                modelType,
                List.of(name + "ForCausalLM"),
                List.of(name + "ForSequenceClassification"),
                head,
                List.of(".rotary_emb.inv_freq"),
                config -> describe(config, form, head));
    }

    private static DecoderSpec describe(ConfigFile config, Form form, String head) {
        int width = config.positiveInteger("hidden_size");
        AttentionSpec.Heads heads = heads(config, form, width);
        String embedding = PREFIX + "embed_tokens.weight";
        if (form.theta() == Theta.REQUIRED) {
            RopeConfig.requireTheta(config);
        }
        return new DecoderSpec(
                PREFIX,
                config.positiveInteger("vocab_size"),
                width,
                config.positiveInteger("max_position_embeddings", 2048),
                embedding,
                RopeConfig.read(config, heads.size()),
                blocks(config, form, heads),
                norm(config, PREFIX + "norm", width),
                config.flag("tie_word_embeddings", false) ? embedding : head,
                config.positiveNumber("initializer_range", 0.02));
    }

    private static AttentionSpec.Heads heads(ConfigFile config, Form form, int width) {
        int heads = config.positiveInteger("num_attention_heads");
        if (!config.has("head_dim") && form.headSize().isEmpty() && width % heads != 0) {
            throw config.wrong("num_attention_heads", "must divide hidden_size = " + width);
        }
        int keyHeads = config.positiveInteger("num_key_value_heads", heads);
        if (heads % keyHeads != 0) {
            throw config.wrong("num_key_value_heads", "must divide num_attention_heads = " + heads);
        }
        int otherwise = form.headSize().orElse(Math.max(1, width / heads));
        return new AttentionSpec.Heads(heads, keyHeads, config.positiveInteger("head_dim", otherwise));
    }

    private static List<BlockSpec> blocks(ConfigFile config, Form form, AttentionSpec.Heads heads) {
        int width = config.positiveInteger("hidden_size");
        int layers = config.positiveInteger("num_hidden_layers");
        List<OptionalInt> windows = AttentionWindows.read(config, form.windows(), layers);
        List<BlockSpec> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            String layer = PREFIX + "layers." + i + ".";
            AttentionMaker attention = new AttentionMaker(config, form, heads, layer + "self_attn.");
            blocks.add(new BlockSpec(
                    Residual.SEQUENTIAL,
                    norm(config, layer + "input_layernorm", width),
                    attention.make(width, windows.get(i)),
                    norm(config, layer + "post_attention_layernorm", width),
                    feedForward(config, layer + "mlp.", width)));
        }
        return blocks;
    }

    private record AttentionMaker(ConfigFile config, Form form, AttentionSpec.Heads heads, String name) {
        AttentionSpec make(int width, OptionalInt window) {
            boolean everywhere = form.bias() == AttentionBias.BY_CONFIG && config.flag("attention_bias", false);
            Bias input = Bias.addedIf(everywhere || form.bias() == AttentionBias.ON_INPUT);
            return new AttentionSpec(
                    new AttentionSpec.Separate(
                            linear(name + "q_proj", width, heads.querySize(), input),
                            linear(name + "k_proj", width, heads.keySize(), input),
                            linear(name + "v_proj", width, heads.keySize(), input)),
                    headNorms(),
                    heads,
                    window,
                    linear(name + "o_proj", heads.querySize(), width, Bias.addedIf(everywhere)));
        }

        private Optional<AttentionSpec.HeadNorms> headNorms() {
            return form.headNorm() == HeadNorm.NONE
                    ? Optional.empty()
                    : Optional.of(new AttentionSpec.HeadNorms(
                            norm(config, name + "q_norm", heads.size()), norm(config, name + "k_norm", heads.size())));
        }
    }

    private static FeedForwardSpec feedForward(ConfigFile config, String name, int width) {
        int inner = config.positiveInteger("intermediate_size");
        Bias bias = Bias.addedIf(config.flag("mlp_bias", false));
        return new FeedForwardSpec.Gated(
                linear(name + "gate_proj", width, inner, bias),
                linear(name + "up_proj", width, inner, bias),
                linear(name + "down_proj", inner, width, bias),
                Activation.read(config, "hidden_act", "silu"));
    }

    private static NormSpec norm(ConfigFile config, String name, int width) {
        return new NormSpec(name, NormSpec.Kind.RMS, width, config.positiveNumber("rms_norm_eps", 1e-6));
    }

    private static LinearSpec linear(String name, int inputs, int outputs, Bias bias) {
        return new LinearSpec(name, inputs, outputs, Layout.OUTPUTS_FIRST, bias);
    }
}
