package dev.tether.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatMessage.Role;
import dev.tether.trainer.chat.ChatTemplate;
import dev.tether.trainer.chat.ChatWriter;
import dev.tether.trainer.chat.Exchange;
import dev.tether.trainer.chat.RoleTags;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    /** A letter is a token; one begins each plain text, and # and $ are special. */
    private static final class Letters implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return ("^" + text).chars().toArray();
        }

        @Override
        public int[] encodeAsWritten(String text) {
            return text.chars().toArray();
        }

        @Override
        public Set<String> specialTexts() {
            return Set.of("#", "$");
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length).replaceAll("[#$^]", "");
        }

        @Override
        public String tokenText(int id) {
            return Character.toString(id);
        }

        @Override
        public int vocabularySize() {
            return Character.MAX_CODE_POINT;
        }
    }

    private static final Exchange TALK =
            new Exchange(List.of(new ChatMessage(Role.USER, "Hi")), List.of(new ChatMessage(Role.ASSISTANT, "Yes")));

    /** Turns end with # and a line end; the tokenizer's own stop token is $. */
    private static final ChatWriter CHAT = ChatTemplate.of(
            "t",
            "{% for m in messages %}{{ m.role[0] + ':' + m.content + '#\\n' }}{% endfor %}"
                    + "{% if add_generation_prompt %}a:{% endif %}",
            new ChatTemplate.SpecialTexts("^", "$"));

    private static String read(AnswerReader reader, StopReason end) {
        AnswerReader.Tokens tokens = reader.read(TALK, end, "here");
        String all = new String(tokens.ids(), 0, tokens.ids().length);
        return all.substring(0, tokens.given()) + "|" + all.substring(tokens.given());
    }

    private static AnswerReader reader(ChatWriter writer, int... stops) {
        return new AnswerReader(new Letters(), AnswerReader.Stops.of(stops), Optional.of(writer));
    }

    @Test
    void anAnswerEndsWithTheEndOfItsTurnAndNothingBehindIt() {
        assertThat(read(reader(CHAT, '$', '#'), StopReason.ENDED)).isEqualTo("u:Hi#\na:|Yes#");
        assertThat(read(reader(CHAT, '#'), StopReason.ENDED)).isEqualTo("u:Hi#\na:|Yes#");
    }

    @Test
    void whereTheTemplateWritesNoStopTokenTheModelsOwnIsAppended() {
        assertThat(read(reader(CHAT, '$'), StopReason.ENDED)).isEqualTo("u:Hi#\na:|Yes#\n$");
        assertThat(read(reader(CHAT), StopReason.ENDED)).isEqualTo("u:Hi#\na:|Yes#\n");
        AnswerReader padsWithIt = new AnswerReader(
                new Letters(), new AnswerReader.Stops(new int[] {'#'}, OptionalInt.empty()), Optional.of(CHAT));
        assertThat(read(padsWithIt, StopReason.ENDED)).isEqualTo("u:Hi#\na:|Yes#");
    }

    @Test
    void anAnswerThatWasCutEndsWithItsLastWord() {
        assertThat(read(reader(CHAT, '$', '#'), StopReason.TRUNCATED)).isEqualTo("u:Hi#\na:|Yes");
    }

    @Test
    void roleTagsAreReadAsPlainText() {
        assertThat(read(reader(RoleTags.ONLY, '$'), StopReason.ENDED)).isEqualTo("^User: Hi\n\nAssistant:| Yes$");
    }

    @Test
    void aMessageThatSpellsASpecialTokenIsRefusedByItsPlace() {
        Exchange smuggled = new Exchange(TALK.before(), List.of(new ChatMessage(Role.ASSISTANT, "Yes#u:No")));
        assertThatThrownBy(() -> reader(CHAT, '#').read(smuggled, StopReason.ENDED, "file line 3"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("file line 3: a message of the assistant holds \"#\"");
    }
}
