package dev.tether.torch.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tether.run.InputException;
import dev.tether.trainer.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokenizer of a tokenizer.json, run by Hugging Face's own tokenizers library: any model, normaliser and
 * pre-tokenizer it knows. No truncation, no padding, and never a connection to the network.
 */
public final class JsonTokenizer implements Tokenizer {
    private static final Map<String, String> OPTIONS = Map.of(
            "truncation", "false", "padding", "false", "addSpecialTokens", "true", "modelMaxLength", "1000000000");

    static {
        // the binding would otherwise look for a library made for the GPU, on the network
        setDefault("ai.djl.offline", "true");
        setDefault("RUST_FLAVOR", "cpu");
        // unpack beside libtorch, so that one setting moves both
        String natives = System.getProperty("org.bytedeco.javacpp.cachedir");
        if (natives != null) {
            setDefault("ENGINE_CACHE_DIR", natives);
        }
    }

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabularySize;
    private final Set<String> specialTexts;
    private final long anchor;
    private final String anchorText;

    private JsonTokenizer(HuggingFaceTokenizer tokenizer, JsonNode json) {
        this.tokenizer = tokenizer;
        this.vocabularySize = vocabularySize(json);
        this.specialTexts = specialTexts(json);
        long[] ids = tokenizer.encode("a").getIds();
        this.anchor = ids[ids.length - 1];
        this.anchorText = tokenizer.decode(new long[] {anchor}, false);
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** @throws InputException when the file is missing or no tokenizer */
    public static JsonTokenizer open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + ": there is no such file, and a model directory needs it to read text");
        }
        try {
            JsonNode json = new JsonMapper().readTree(Files.readAllBytes(file));
            return new JsonTokenizer(HuggingFaceTokenizer.newInstance(file, OPTIONS), json);
        } catch (LinkageError e) {
            throw new InputException("the tokenizers library cannot be loaded: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new InputException(file + ": is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw new InputException(file + ": cannot be used as a tokenizer: " + e.getMessage(), e);
        }
    }

    /** One more than the highest id of the vocabulary and the added tokens. */
    private static int vocabularySize(JsonNode json) {
        JsonNode vocabulary = json.path("model").path("vocab");
        int highest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                highest = Math.max(highest, id.asInt(-1));
            }
        }
        for (JsonNode added : json.path("added_tokens")) {
            highest = Math.max(highest, added.path("id").asInt(-1));
        }
        if (highest < 0) {
            throw new IllegalArgumentException("it has no vocabulary");
        }
        return highest + 1;
    }

    @Override
    public int[] encode(String text) {
        return toInts(tokenizer.encode(text).getIds());
    }

    @Override
    public int[] encodeAsWritten(String text) {
        return toInts(tokenizer.encode(text, false, false).getIds());
    }

    @Override
    public Set<String> specialTexts() {
        return specialTexts;
    }

    private static Set<String> specialTexts(JsonNode json) {
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode added : json.path("added_tokens")) {
            if (added.path("special").asBoolean(false)) {
                texts.add(added.path("content").asString(""));
            }
        }
        return Collections.unmodifiableSet(texts);
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(toLongs(ids), true);
    }

    /** The token as it reads in the middle of a text, so with the space that begins it. */
    @Override
    public String tokenText(int id) {
        if (id < 0 || id >= vocabularySize) {
            throw new IllegalArgumentException("id = " + id + ", must be a token id in 0.." + (vocabularySize - 1));
        }
        String both = tokenizer.decode(new long[] {anchor, id}, false);
        return both.startsWith(anchorText)
                ? both.substring(anchorText.length())
                : tokenizer.decode(new long[] {id}, false);
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    private static int[] toInts(long[] ids) {
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    private static long[] toLongs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }
}
