package dev.tether.torch.pretrain;

import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.bpe.BpeTrainer;
import dev.tether.torch.bpe.BpeVocabulary;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.optim.AdamW;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.pretrain.PretrainReport.HeldOut;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.trainer.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Makes a language model from nothing but texts: a byte-level BPE vocabulary, then a Llama network that learns to
 * predict each next token, saved in half precision as a Hugging Face model directory. One document in fifty is held out
 * and only measured. The same documents and settings give the same model on the same machine and threads.
 *
 * <p>Left out: weight decay (the documents are meant to be far more than the weights), dropout, and packing several
 * documents into one row ({@link DocumentBatches} says why).
 */
public final class Pretrainer {
    private static final int HELD_OUT_ONE_IN = 50;
    private static final int HELD_OUT_AT_MOST = 1000;
    private static final int HELD_OUT_ROWS = 32;
    private static final OptimizerSettings OPTIMIZER = new OptimizerSettings(0.9, 0.95, 1e-8, 0, 1.0);

    private final List<String> documents;
    private final PretrainSettings settings;

    /** @param documents at least two */
    public Pretrainer(List<String> documents, PretrainSettings settings) {
        if (documents.size() < 2) {
            throw new IllegalArgumentException(documents.size() + " documents, must be at least 2");
        }
        this.documents = List.copyOf(documents);
        this.settings = settings;
    }

    /**
     * Makes the model and writes it; {@code directory} is there whole or not at all.
     *
     * @param stopRequested asked after each step; true ends the learning early, and what was learned is saved
     * @throws InputException when {@code directory} exists or cannot be written
     */
    public PretrainReport run(Path directory, PretrainObserver observer, BooleanSupplier stopRequested) {
        List<PretrainReport> report = new ArrayList<>();
        AtomicFiles.writeDirectory(directory, aside -> report.add(write(aside, observer, stopRequested)));
        return report.get(0);
    }

    private PretrainReport write(Path directory, PretrainObserver observer, BooleanSupplier stopRequested)
            throws IOException {
        List<String> learned = new ArrayList<>();
        List<String> heldOut = new ArrayList<>();
        split(learned, heldOut);
        BpeVocabulary vocabulary = BpeTrainer.train(learned, settings.vocabularySize());
        NewModelDirectory.write(vocabulary, settings.shape(), directory);
        Tokenizer tokenizer = LanguageModels.openTokenizer(directory);
        List<int[]> ids = ids(learned, tokenizer);
        int steps;
        try (CausalLm model =
                CausalLm.fresh(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32, settings.seed())) {
            observer.started(new PretrainObserver.Start(
                    learned.size(),
                    heldOut.size(),
                    ids.stream().mapToLong(document -> document.length).sum(),
                    vocabulary.size(),
                    model.parameters().values().stream()
                            .mapToLong(Tensor::numel)
                            .sum()));
            steps = learn(model, ids, observer, stopRequested);
            save(model, directory);
        }
        try (CausalLm saved = CausalLm.frozen(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32)) {
            return new PretrainReport(steps, measure(saved, heldOut, ids(heldOut, tokenizer)));
        }
    }

    private void split(List<String> learned, List<String> heldOut) {
        for (int i = 0; i < documents.size(); i++) {
            boolean last = i % HELD_OUT_ONE_IN == HELD_OUT_ONE_IN - 1 || i == documents.size() - 1 && heldOut.isEmpty();
            (last && heldOut.size() < HELD_OUT_AT_MOST ? heldOut : learned).add(documents.get(i));
        }
    }

    private static List<int[]> ids(List<String> texts, Tokenizer tokenizer) {
        List<int[]> all = new ArrayList<>();
        for (String text : texts) {
            int[] ids = tokenizer.encode(text);
            int[] ended = Arrays.copyOf(ids, ids.length + 1);
            ended[ids.length] = BpeVocabulary.EOS_ID;
            all.add(ended);
        }
        return all;
    }

    private int learn(CausalLm model, List<int[]> ids, PretrainObserver observer, BooleanSupplier stopRequested) {
        PretrainSettings.Course course = settings.course();
        List<int[]> parts = DocumentBatches.cut(ids, settings.shape().context());
        DocumentBatches batches =
                new DocumentBatches(parts, course.rows(), BpeVocabulary.PAD_ID, new Random(settings.seed()));
        LearningRateSchedule schedule =
                new LearningRateSchedule(LearningRateSchedule.Decay.COSINE, course.warmupSteps(), course.steps());
        double tokensPerRow =
                parts.stream().mapToInt(NextTokenLoss::predicted).average().orElseThrow();
        try (AdamW optimizer = new AdamW(model.parameters(), OPTIMIZER)) {
            for (int step = 1; step <= course.steps(); step++) {
                double learningRate = course.learningRate() * schedule.factor(step);
                observer.stepped(step(model, optimizer, new Todo(step, batches.next(), tokensPerRow, learningRate)));
                if (stopRequested.getAsBoolean()) {
                    return step;
                }
            }
        }
        return course.steps();
    }

    /** One step: its rows, and the tokens that rows have on average. */
    private record Todo(int step, List<int[]> rows, double tokensPerRow, double learningRate) {}

    private static PretrainObserver.Step step(CausalLm model, AdamW optimizer, Todo todo) {
        optimizer.gradients().clear();
        double sum = Scoped.compute(() -> {
            Tensor loss = NextTokenLoss.sum(model, todo.rows());
            // by the tokens of an average batch: else those of short documents would weigh more than those of long ones
            loss.div(new Scalar(todo.tokensPerRow() * todo.rows().size())).backward();
            return loss.item_double();
        });
        double norm = optimizer.gradients().norm();
        optimizer.gradients().clip(norm, OPTIMIZER.maxGradientNorm());
        optimizer.step(todo.learningRate());
        long tokens = todo.rows().stream().mapToLong(NextTokenLoss::predicted).sum();
        return new PretrainObserver.Step(todo.step(), sum / tokens, todo.learningRate(), norm, tokens);
    }

    private static void save(CausalLm model, Path directory) throws IOException {
        LinkedHashMap<String, Tensor> halves = new LinkedHashMap<>();
        try {
            model.parameters()
                    .forEach((name, tensor) ->
                            halves.put(name, Scoped.keep(() -> tensor.detach().to(ScalarType.Half))));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), halves, Map.of("format", "pt"));
        } finally {
            halves.values().forEach(Tensor::close);
        }
    }

    private List<HeldOut> measure(CausalLm model, List<String> heldOut, List<int[]> ids) {
        List<HeldOut> measured = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += HELD_OUT_ROWS) {
            List<int[]> rows = padded(ids.subList(from, Math.min(ids.size(), from + HELD_OUT_ROWS)));
            double[] nats = NextTokenLoss.sums(model, rows);
            for (int i = 0; i < nats.length; i++) {
                measured.add(new HeldOut(heldOut.get(from + i), nats[i], NextTokenLoss.predicted(rows.get(i))));
            }
        }
        return measured;
    }

    /** One document a row, its beginning where it is longer than the context. */
    private List<int[]> padded(List<int[]> rows) {
        int width = Math.min(
                settings.shape().context(),
                rows.stream().mapToInt(row -> row.length).max().orElseThrow());
        return rows.stream().map(row -> Arrays.copyOf(row, width)).toList();
    }
}
