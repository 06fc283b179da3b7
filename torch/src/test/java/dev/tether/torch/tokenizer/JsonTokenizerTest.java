package dev.tether.torch.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.torch.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonTokenizerTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2_style_bytelevel_512", "qwen_style_600", "llama2_style_bytefallback_600"})
    void awkwardTextsEncodeAndDecodeAsTheReferenceDoes(String name) throws Exception {
        Path tokenizers = Shared.path("golden/tokenizers");
        JsonTokenizer tokenizer = JsonTokenizer.open(tokenizers.resolve(name).resolve("tokenizer.json"));
        JsonNode golden = JSON.readTree(Files.readAllBytes(tokenizers.resolve("cases.json")))
                .path(name);
        assertThat(tokenizer.vocabularySize())
                .isEqualTo(golden.path("vocab_size").intValue());
        assertThat(golden.path("cases")).hasSizeGreaterThan(10);
        for (JsonNode one : golden.path("cases")) {
            String text = one.path("text").stringValue();
            int[] ids = ids(one.path("ids"));
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
            assertThat(tokenizer.decode(ids))
                    .as(text)
                    .isEqualTo(one.path("decoded_skip_special").stringValue());
        }
    }

    @Test
    void tokenTextsOfAPlainTextJoinToThatText() {
        for (String model : new String[] {"models/stories15M", "golden/models/llama_tiny"}) {
            JsonTokenizer tokenizer = JsonTokenizer.open(Shared.path(model).resolve("tokenizer.json"));
            StringBuilder joined = new StringBuilder();
            for (int id : tokenizer.encode("one day, the cat sat")) {
                joined.append(tokenizer.tokenText(id));
            }
            assertThat(joined.toString()).as(model).endsWith("one day, the cat sat");
        }
    }

    @Test
    void specialTokensAreShownByTokenTextAndLeftOutByDecode() {
        JsonTokenizer tokenizer =
                JsonTokenizer.open(Shared.path("models/stories15M").resolve("tokenizer.json"));
        assertThat(tokenizer.tokenText(1)).isEqualTo("<s>");
        assertThat(tokenizer.decode(new int[] {1})).isEmpty();
    }

    @Test
    void idsOutsideOfTheVocabularyAreRefused() {
        JsonTokenizer tokenizer =
                JsonTokenizer.open(Shared.path("models/stories260K").resolve("tokenizer.json"));
        assertThatThrownBy(() -> tokenizer.tokenText(512))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("id = 512, must be a token id in 0..511");
    }

    @Test
    void aFileThatIsNoTokenizerIsNamedInOneLine() throws Exception {
        Path file = directory.resolve("tokenizer.json");
        assertThatThrownBy(() -> JsonTokenizer.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no such file");
        for (String broken : new String[] {"{", "{}", "[]", "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}}}"}) {
            Files.writeString(file, broken);
            assertThatThrownBy(() -> JsonTokenizer.open(file))
                    .as(broken)
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(file.toString())
                    .message()
                    .doesNotContain("\n");
        }
    }

    private static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).intValue();
        }
        return ids;
    }

    @Test
    void aTextAsWrittenGetsNothingAddedAndItsSpecialTokensAreRead() {
        JsonTokenizer tokenizer = JsonTokenizer.open(Shared.path("golden/models/llama_tiny/tokenizer.json"));
        int[] ids = tokenizer.encodeAsWritten("<s>ab</s>");
        assertThat(ids).startsWith(1).endsWith(2);
        assertThat(tokenizer.encodeAsWritten("ab")).doesNotContain(1, 2);
        assertThat(tokenizer.specialTexts()).contains("<s>", "</s>");
    }
}
