package dev.tether.torch.pretrain;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.directory.ExportType;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.directory.ModelExport;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.chat.ChatWriter;
import dev.tether.trainer.preference.AnswerReader;
import dev.tether.trainer.preference.AnswerReader.Stops;
import dev.tether.trainer.preference.Demonstration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Teaches a language model to imitate answers (supervised fine-tuning): the loss counts the tokens of the answer and the stop
 * token after it, given the prompt; of a text of its own, all tokens but the first. One demonstration a row, those of like
 * length together. Part of the demonstrations is held out and only measured, before and after.
 *
 * <p>Left out: packing several demonstrations into one row ({@link DocumentBatches} says why), and weight on prompts.
 */
public final class FineTuner {
    private final Path directory;
    private final List<Demonstration> demonstrations;
    private final Optional<ChatWriter> writer;
    private final FineTuneSettings settings;

    /** For texts alone. */
    public FineTuner(Path directory, List<Demonstration> demonstrations, FineTuneSettings settings) {
        this(directory, demonstrations, Optional.empty(), settings);
    }

    /**
     * @param directory the language model to begin with
     * @param demonstrations at least two
     * @param writer of conversations; empty where there are none
     */
    public FineTuner(
            Path directory,
            List<Demonstration> demonstrations,
            Optional<ChatWriter> writer,
            FineTuneSettings settings) {
        if (demonstrations.size() < 2) {
            throw new InputException(
                    demonstrations.size() + " demonstration, at least 2 are needed: one to learn from, one held out");
        }
        this.directory = directory;
        this.demonstrations = List.copyOf(demonstrations);
        this.writer = writer;
        this.settings = settings;
    }

    /**
     * What came of it.
     *
     * @param before what the model said of the held-out demonstrations at the start
     * @param after what it says at the end
     * @param cut rows that were longer than the longest allowed
     */
    public record Report(PretrainReport before, PretrainReport after, int cut) {}

    /**
     * Learns and writes the model in single precision; {@code out} is there whole or not at all.
     *
     * @param stopRequested asked after each step; true ends the learning early, and what was learned is saved
     * @throws InputException when {@code out} exists or cannot be written, or the settings do not fit the model
     */
    public Report run(Path out, PretrainObserver observer, BooleanSupplier stopRequested) {
        List<Report> report = new ArrayList<>();
        AtomicFiles.writeDirectory(out, aside -> {
            ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
            try (CausalLm model = CausalLm.trainable(source, ComputeType.FLOAT32)) {
                requireContext(model);
                report.add(learn(source, model, observer, stopRequested));
                ModelExport.write(source, model.parameters(), ExportType.FLOAT32, aside);
            }
        });
        return report.get(0);
    }

    private void requireContext(CausalLm model) {
        if (settings.maxLength() > model.contextLength()) {
            throw new InputException("max_length = " + settings.maxLength()
                    + ", must be at most the model's context of " + model.contextLength());
        }
    }

    private Report learn(
            ModelDirectory source, CausalLm model, PretrainObserver observer, BooleanSupplier stopRequested) {
        List<Demonstration> order = new ArrayList<>(demonstrations);
        Collections.shuffle(order, new Random(settings.seed()));
        int held = (int) Math.max(1, Math.min(order.size() - 1.0, Math.round(settings.heldOutShare() * order.size())));
        List<Demonstration> heldOut = order.subList(0, held);
        List<LearnedText> asked = texts(source, heldOut);
        List<LearnedText> whole = texts(source, order.subList(held, order.size()));
        List<LearnedText> parts = DocumentBatches.cut(whole, settings.maxLength());
        int cut = (int) whole.stream()
                .filter(text -> text.length() > settings.maxLength())
                .count();
        observer.started(new PretrainObserver.Start(
                whole.size(),
                held,
                whole.stream().mapToLong(LearnedText::length).sum(),
                model.vocabularySize(),
                model.parameters().values().stream().mapToLong(Tensor::numel).sum()));
        PretrainReport before = measured(model, 0, heldOut, asked);
        NextTokenLearner learner = new NextTokenLearner(
                settings.course(parts.size()), settings.optimizer(), settings.rowsAtOnce(), 0, settings.seed());
        int steps = learner.learn(model, parts, observer, stopRequested);
        return new Report(before, measured(model, steps, heldOut, asked), cut);
    }

    private PretrainReport measured(CausalLm model, int steps, List<Demonstration> heldOut, List<LearnedText> asked) {
        List<String> names = heldOut.stream().map(Demonstration::place).toList();
        List<PretrainReport.HeldOut> measured = new ArrayList<>();
        for (int from = 0; from < asked.size(); from += settings.rowsAtOnce()) {
            int to = Math.min(asked.size(), from + settings.rowsAtOnce());
            measured.addAll(
                    HeldOutMeasure.of(model, names.subList(from, to), asked.subList(from, to), settings.maxLength()));
        }
        measured.removeIf(each -> each.tokens() == 0);
        if (measured.isEmpty()) {
            throw new InputException("within max_length = " + settings.maxLength()
                    + " tokens no held-out demonstration reaches its answer");
        }
        return new PretrainReport(steps, measured);
    }

    private List<LearnedText> texts(ModelDirectory source, List<Demonstration> all) {
        AnswerReader reader =
                new AnswerReader(LanguageModels.openTokenizer(directory), Stops.of(source.stopIds()), writer);
        List<LearnedText> texts = new ArrayList<>();
        for (Demonstration each : all) {
            AnswerReader.Tokens tokens = each.read(reader);
            if (tokens.ids().length < 2) {
                throw new InputException(each.place() + ": has no token to predict");
            }
            texts.add(LearnedText.from(Math.max(1, tokens.given()), tokens.ids()));
        }
        return texts;
    }
}
