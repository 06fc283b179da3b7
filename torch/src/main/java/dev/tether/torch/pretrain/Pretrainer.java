package dev.tether.torch.pretrain;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.bpe.BpeTrainer;
import dev.tether.torch.bpe.BpeVocabulary;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.trainer.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
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
        List<LearnedText> texts = texts(learned, tokenizer);
        int steps;
        try (CausalLm model =
                CausalLm.fresh(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32, settings.seed())) {
            observer.started(new PretrainObserver.Start(
                    learned.size(),
                    heldOut.size(),
                    texts.stream().mapToLong(LearnedText::length).sum(),
                    vocabulary.size(),
                    model.parameters().values().stream()
                            .mapToLong(Tensor::numel)
                            .sum()));
            steps = learn(model, texts, observer, stopRequested);
            save(model, directory);
        }
        try (CausalLm saved = CausalLm.frozen(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32)) {
            int context = settings.shape().context();
            return new PretrainReport(steps, HeldOutMeasure.of(saved, heldOut, texts(heldOut, tokenizer), context));
        }
    }

    private void split(List<String> learned, List<String> heldOut) {
        for (int i = 0; i < documents.size(); i++) {
            boolean last = i % HELD_OUT_ONE_IN == HELD_OUT_ONE_IN - 1 || i == documents.size() - 1 && heldOut.isEmpty();
            (last && heldOut.size() < HELD_OUT_AT_MOST ? heldOut : learned).add(documents.get(i));
        }
    }

    private static List<LearnedText> texts(List<String> documents, Tokenizer tokenizer) {
        List<LearnedText> all = new ArrayList<>();
        for (String document : documents) {
            int[] ids = tokenizer.encode(document);
            int[] ended = Arrays.copyOf(ids, ids.length + 1);
            ended[ids.length] = BpeVocabulary.EOS_ID;
            // the beginning is given
            all.add(LearnedText.from(1, ended));
        }
        return all;
    }

    private int learn(
            CausalLm model, List<LearnedText> texts, PretrainObserver observer, BooleanSupplier stopRequested) {
        PretrainSettings.Course course = settings.course();
        NextTokenLearner learner =
                new NextTokenLearner(course, OPTIMIZER, course.rows(), BpeVocabulary.PAD_ID, settings.seed());
        return learner.learn(model, DocumentBatches.cut(texts, settings.shape().context()), observer, stopRequested);
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
}
