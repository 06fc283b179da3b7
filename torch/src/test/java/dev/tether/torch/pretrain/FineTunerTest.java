package dev.tether.torch.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.TorchReferenceModel;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.pretrain.PretrainSettings.Course;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatMessage.Role;
import dev.tether.trainer.chat.ChatTemplate;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.chat.Exchange;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.preference.Demonstration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTunerTest {
    private static final ModelShape SMALL = new ModelShape(1, 32, 2, 64, 64);
    private static final List<String> WORDS = List.of("cat", "dog", "fox", "hen");

    @TempDir
    Path directory;

    private Path start;
    private final List<PretrainObserver.Step> steps = new ArrayList<>();
    private final PretrainObserver remember = new PretrainObserver() {
        @Override
        public void stepped(Step step) {
            steps.add(step);
        }
    };

    @BeforeEach
    void makeAModel() {
        Random random = new Random(1);
        List<String> texts = random.ints(100, 0, 4)
                .mapToObj(i -> WORDS.get(i) + " says " + WORDS.get(random.nextInt(4)))
                .toList();
        start = directory.resolve("start");
        PretrainSettings settings = new PretrainSettings(290, SMALL, new Course(20, 8, 0.01, 0), 1);
        new Pretrainer(texts, settings).run(start, new PretrainObserver() {}, () -> false);
    }

    private static List<Demonstration> answers(int count) {
        List<Demonstration> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = WORDS.get(i % 4);
            all.add(new Demonstration(word + " says", " " + word, "row " + i));
        }
        return all;
    }

    private static FineTuneSettings settings(int epochs, int rowsAtOnce, int maxLength) {
        return new FineTuneSettings(epochs, 8, rowsAtOnce, 0.01, 0, maxLength, 0.1, OptimizerSettings.defaults(), 3);
    }

    @Test
    void itLearnsToAnswerAndToStop() {
        FineTuner.Report report = new FineTuner(start, answers(200), settings(4, 8, 64))
                .run(directory.resolve("tuned"), remember, () -> false);
        assertThat(report.after().natsPerToken())
                .isLessThan(0.1 * report.before().natsPerToken());
        assertThat(report.after().steps()).isEqualTo(steps.size()).isEqualTo(4 * 23);
        Tokenizer tokenizer = LanguageModels.openTokenizer(directory.resolve("tuned"));
        try (TorchPolicyModel tuned =
                LanguageModels.openPolicy(directory.resolve("tuned"), ModelSettings.inference())) {
            int[] prompt = tokenizer.encode("fox says");
            var answer = tuned.generate(new int[][] {prompt}, Sampling.greedy(12), 1);
            int[] ids =
                    Arrays.copyOf(answer.responses()[0], answer.responseMask().counted(0));
            assertThat(tokenizer.decodeAfter(prompt, ids)).isEqualTo(" fox");
            assertThat(answer.stopReasons()[0]).isEqualTo(StopReason.ENDED);
        }
    }

    @Test
    void onlyTheAnswerAndItsStopTokenAreLearned() {
        new FineTuner(start, answers(9), settings(1, 8, 64)).run(directory.resolve("tuned"), remember, () -> false);
        Tokenizer tokenizer = LanguageModels.openTokenizer(start);
        long answers = 0;
        for (Demonstration each : answers(8)) {
            answers += tokenizer.encode(each.prompt() + each.response()).length
                    - tokenizer.encode(each.prompt()).length
                    + 1;
        }
        // all answers are of one length here, so it does not matter which of the nine is held out
        assertThat(steps.get(0).tokens()).isEqualTo(answers);
    }

    /** Turns are bracketed, and end with the stop token and a line end. */
    private static final ChatTemplate CHAT = ChatTemplate.of(
            "t",
            "{% for m in messages %}[{{ m.role }}]{{ m.content }}<|eos|>\n{% endfor %}"
                    + "{% if add_generation_prompt %}[assistant]{% endif %}",
            new ChatTemplate.SpecialTexts("<|bos|>", "<|eos|>"));

    private static List<Demonstration> talks(int count) {
        List<Demonstration> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = WORDS.get(i % 4);
            Exchange talk = new Exchange(
                    List.of(new ChatMessage(Role.USER, word)), List.of(new ChatMessage(Role.ASSISTANT, word + "!")));
            all.add(new Demonstration("", "", Optional.of(talk), "row " + i));
        }
        return all;
    }

    @Test
    void theLossOfAConversationIsThatOfTheAnswerAndTheEndOfItsTurn() {
        FineTuner.Report report = new FineTuner(start, talks(9), Optional.of(CHAT), settings(1, 8, 64))
                .run(directory.resolve("tuned"), remember, () -> false);
        Tokenizer tokenizer = LanguageModels.openTokenizer(start);
        PretrainReport.HeldOut held = report.before().heldOut().get(0);
        String word = WORDS.get(Integer.parseInt(held.document().substring("row ".length())) % 4);
        int[] prompt = tokenizer.encodeAsWritten("[user]" + word + "<|eos|>\n[assistant]");
        int[] answer = tokenizer.encodeAsWritten(word + "!<|eos|>");
        try (TorchReferenceModel model = LanguageModels.openReference(start, ModelSettings.inference())) {
            double[] logprobs = model.logprobs(
                            new TokenBatch(
                                    new int[][] {prompt},
                                    new int[][] {answer},
                                    ResponseMask.ofLengths(new int[] {answer.length}, answer.length)),
                            1)[0];
            assertThat(held.tokens()).isEqualTo(answer.length);
            assertThat(held.nats()).isCloseTo(-Arrays.stream(logprobs).sum(), within(1e-4));
        }
        // the words are of one length, so the eight rows of the one step are, too
        assertThat(steps.get(0).tokens()).isEqualTo(8L * answer.length);
    }

    @Test
    void itLearnsToAnswerInAConversationAndToEndItsTurn() {
        new FineTuner(start, talks(200), Optional.of(CHAT), settings(4, 8, 64))
                .run(directory.resolve("tuned"), remember, () -> false);
        Tokenizer tokenizer = LanguageModels.openTokenizer(start);
        try (TorchPolicyModel tuned =
                LanguageModels.openPolicy(directory.resolve("tuned"), ModelSettings.inference())) {
            int[] prompt =
                    tokenizer.encodeAsWritten(CHAT.write(new Conversation(List.of(new ChatMessage(Role.USER, "hen")))));
            var answer = tuned.generate(new int[][] {prompt}, Sampling.greedy(12), 1);
            int[] ids =
                    Arrays.copyOf(answer.responses()[0], answer.responseMask().counted(0));
            assertThat(tokenizer.decodeAfter(prompt, ids)).isEqualTo("hen!");
            assertThat(answer.stopReasons()[0]).isEqualTo(StopReason.ENDED);
        }
    }

    @Test
    void howManyRowsGoThroughTheNetworkAtOnceChangesNothing() {
        double whole = after("a", 8);
        double pieces = after("b", 3);
        assertThat(pieces).isCloseTo(whole, within(2e-3 * whole));
    }

    private double after(String name, int rowsAtOnce) {
        return new FineTuner(start, answers(60), settings(1, rowsAtOnce, 64))
                .run(directory.resolve(name), remember, () -> false)
                .after()
                .natsPerToken();
    }

    @Test
    void aTextOfItsOwnIsLearnedWholeAndALongOneIsCut() {
        List<Demonstration> texts = List.of(
                new Demonstration("", "cat says dog says fox", "row 1"),
                new Demonstration("", "hen says hen", "row 2"));
        FineTuner.Report report =
                new FineTuner(start, texts, settings(1, 8, 4)).run(directory.resolve("t"), remember, () -> false);
        assertThat(report.cut()).isEqualTo(1);
        assertThat(report.after().heldOut().get(0).tokens()).isEqualTo(3);
    }

    @Test
    void stoppedItSavesWhatItLearned() {
        FineTuner.Report report = new FineTuner(start, answers(60), settings(9, 8, 64))
                .run(directory.resolve("tuned"), remember, () -> steps.size() == 2);
        assertThat(report.after().steps()).isEqualTo(2);
        assertThat(directory.resolve("tuned/model.safetensors")).exists();
    }

    @Test
    void whatCannotBeLearnedIsRefusedInWordsAndLeavesNothing() throws IOException {
        Path out = directory.resolve("tuned");
        assertThatThrownBy(() -> new FineTuner(start, answers(1), settings(1, 8, 64)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("at least 2 are needed");
        assertThatThrownBy(() -> new FineTuner(start, answers(5), settings(1, 8, 65)).run(out, remember, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessage("max_length = 65, must be at most the model's context of 64");
        assertThat(out).doesNotExist();
        Files.createDirectory(out);
        assertThatThrownBy(() -> new FineTuner(start, answers(5), settings(1, 8, 64)).run(out, remember, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("it exists already");
    }
}
