package dev.tether.torch.bpe;

import dev.tether.torch.bpe.BpeVocabulary.Merge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a vocabulary as the files of a Hugging Face model directory: tokenizer.json (ByteLevel pre-tokenizer and
 * decoder, BPE model, a template that puts the bos token in front), tokenizer_config.json, special_tokens_map.json.
 */
public final class TokenizerFiles {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final List<String> SPECIAL = List.of(BpeVocabulary.PAD, BpeVocabulary.BOS, BpeVocabulary.EOS);

    private TokenizerFiles() {}

    /** @param maxLength positions of the model the tokenizer belongs to */
    public static void write(BpeVocabulary vocabulary, int maxLength, Path directory) throws IOException {
        write(directory.resolve("tokenizer.json"), tokenizer(vocabulary));
        write(directory.resolve("tokenizer_config.json"), config(maxLength));
        write(directory.resolve("special_tokens_map.json"), specialTokens(JSON.createObjectNode()));
    }

    private static void write(Path file, ObjectNode json) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(json) + "\n", StandardCharsets.UTF_8);
    }

    private static ObjectNode tokenizer(BpeVocabulary vocabulary) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (int id = 0; id < SPECIAL.size(); id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", SPECIAL.get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        json.putNull("normalizer");
        byteLevel(json.putObject("pre_tokenizer"));
        bosInFront(json.putObject("post_processor"));
        byteLevel(json.putObject("decoder"));
        model(json.putObject("model"), vocabulary);
        return json;
    }

    private static void byteLevel(ObjectNode json) {
        json.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static void bosInFront(ObjectNode json) {
        json.put("type", "TemplateProcessing");
        ArrayNode single = json.putArray("single");
        bos(single, 0);
        sequence(single, "A", 0);
        ArrayNode pair = json.putArray("pair");
        bos(pair, 0);
        sequence(pair, "A", 0);
        bos(pair, 1);
        sequence(pair, "B", 1);
        ObjectNode token = json.putObject("special_tokens").putObject(BpeVocabulary.BOS);
        token.put("id", BpeVocabulary.BOS).putArray("ids").add(BpeVocabulary.BOS_ID);
        token.putArray("tokens").add(BpeVocabulary.BOS);
    }

    private static void bos(ArrayNode template, int type) {
        template.addObject()
                .putObject("SpecialToken")
                .put("id", BpeVocabulary.BOS)
                .put("type_id", type);
    }

    private static void sequence(ArrayNode template, String name, int type) {
        template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }

    private static void model(ObjectNode json, BpeVocabulary vocabulary) {
        json.put("type", "BPE").putNull("dropout").putNull("unk_token");
        json.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        json.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode tokens = json.putObject("vocab");
        for (int id = 0; id < vocabulary.size(); id++) {
            tokens.put(vocabulary.tokens().get(id), id);
        }
        ArrayNode merges = json.putArray("merges");
        for (Merge merge : vocabulary.merges()) {
            merges.addArray()
                    .add(vocabulary.tokens().get(merge.left()))
                    .add(vocabulary.tokens().get(merge.right()));
        }
    }

    private static ObjectNode config(int maxLength) {
        ObjectNode json = JSON.createObjectNode();
        json.put("tokenizer_class", "PreTrainedTokenizerFast");
        specialTokens(json);
        return json.put("add_bos_token", true)
                .put("add_eos_token", false)
                .put("clean_up_tokenization_spaces", false)
                .put("model_max_length", maxLength);
    }

    private static ObjectNode specialTokens(ObjectNode json) {
        return json.put("bos_token", BpeVocabulary.BOS)
                .put("eos_token", BpeVocabulary.EOS)
                .put("pad_token", BpeVocabulary.PAD);
    }
}
