package dev.tether.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.tether.run.InputException;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A classifier or reward model in ONNX form as reward: {@code model.onnx} in a directory, run by ONNX Runtime on the processor.
 * It reads prompt and response as one text by its own tokenizer; the score is one of its logits, [B][labels], as it is, without
 * softmax. Sequences of like length share a pass.
 */
public final class OnnxReward implements RewardModel, AutoCloseable {
    /** The file of the network. */
    public static final String MODEL = "model.onnx";

    /** Tokens of one pass, padding included. */
    private static final int TOKENS_AT_ONCE = 8192;

    private final Path file;
    private final Tokenizer tokenizer;
    private final OnnxModelForm form;
    private final OptionalInt label;
    private final OrtEnvironment environment;
    private final OrtSession session;

    private OnnxReward(
            Path file, Tokenizer tokenizer, OptionalInt label, OrtEnvironment environment, OrtSession session)
            throws OrtException {
        this.file = file;
        this.tokenizer = tokenizer;
        this.environment = environment;
        this.session = session;
        this.form = OnnxModelForm.of(file, session);
        this.label = label;
        if (form.labels() > 0) {
            column(form.labels());
        }
    }

    /**
     * Opens {@code directory/model.onnx}.
     *
     * @param label which logit is the score; needed where there are several
     * @param tokenizer the model's own
     * @param threads of the arithmetic; 0 = as many as there are cores
     * @throws InputException when there is none, it is not whole, or it wants or gives something else
     */
    public static OnnxReward open(Path directory, OptionalInt label, Tokenizer tokenizer, int threads) {
        Path file = directory.resolve(MODEL);
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + ": there is no such file");
        }
        try {
            return DeepStack.run(() -> opened(file, label, tokenizer, threads));
        } catch (OrtException e) {
            throw new InputException(file + " cannot be run by ONNX Runtime: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new InputException(file + ": ONNX Runtime cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static OnnxReward opened(Path file, OptionalInt label, Tokenizer tokenizer, int threads)
            throws OrtException {
        OrtSession session = null;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            session = environment.createSession(file.toString(), options);
            return new OnnxReward(file, tokenizer, label, environment, session);
        } catch (InputException e) {
            closeQuietly(session);
            throw e;
        }
    }

    private static void closeQuietly(OrtSession session) {
        try {
            if (session != null) {
                session.close();
            }
        } catch (OrtException ignored) {
            // the failure that led here is the one to tell
        }
    }

    @Override
    public double[] score(List<Episode> episodes) {
        List<int[]> texts = episodes.stream()
                .map(episode -> tokenizer.encode(episode.prompt() + episode.response()))
                .toList();
        int[] order = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(b -> texts.get(b).length))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] scores = new double[texts.size()];
        int first = 0;
        while (first < order.length) {
            int end = endOfPass(texts, order, first);
            List<int[]> rows = new ArrayList<>();
            for (int i = first; i < end; i++) {
                rows.add(checked(texts.get(order[i]), order[i]));
            }
            double[] part = pass(rows);
            for (int i = first; i < end; i++) {
                scores[order[i]] = part[i - first];
            }
            first = end;
        }
        return scores;
    }

    /** Without an attention mask nothing tells padding from text, so that only equal lengths share a pass. */
    private int endOfPass(List<int[]> texts, int[] order, int first) {
        int end = first + 1;
        while (end < order.length) {
            int length = texts.get(order[end]).length;
            boolean fits = (long) (end + 1 - first) * length <= TOKENS_AT_ONCE;
            if (!fits || (!form.hasMask() && length != texts.get(order[first]).length)) {
                break;
            }
            end++;
        }
        return end;
    }

    private int[] checked(int[] ids, int episode) {
        if (ids.length == 0) {
            throw new InputException("sequence " + episode + " given to the reward model " + file + " has no token");
        }
        return ids;
    }

    private double[] pass(List<int[]> rows) {
        int width = rows.get(rows.size() - 1).length;
        long[] shape = {rows.size(), width};
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        for (int b = 0; b < rows.size(); b++) {
            for (int t = 0; t < rows.get(b).length; t++) {
                ids[b * width + t] = rows.get(b)[t];
                mask[b * width + t] = 1;
            }
        }
        Map<String, long[]> values =
                Map.of(OnnxModelForm.IDS, ids, OnnxModelForm.MASK, mask, OnnxModelForm.TYPES, new long[ids.length]);
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : form.inputs()) {
                inputs.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(values.get(name)), shape));
            }
            return DeepStack.run(() -> {
                try (OrtSession.Result result = session.run(inputs, Set.of(form.output()))) {
                    return scores(result.get(0), rows.size());
                }
            });
        } catch (OrtException e) {
            throw new InputException(
                    "the reward model " + file + " failed on " + rows.size() + " texts of up to " + width + " tokens: "
                            + e.getMessage(),
                    e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private double[] scores(OnnxValue value, int rows) {
        OnnxTensor logits = (OnnxTensor) value;
        long[] shape = logits.getInfo().getShape();
        if (shape.length != 2 || shape[0] != rows) {
            throw new InputException(file + ": \"" + form.output() + "\" has the shape " + Arrays.toString(shape)
                    + ", must be [" + rows + "][labels]");
        }
        int labels = Math.toIntExact(shape[1]);
        int column = column(labels);
        FloatBuffer all = logits.getFloatBuffer();
        double[] scores = new double[rows];
        for (int b = 0; b < rows; b++) {
            scores[b] = all.get(b * labels + column);
        }
        return scores;
    }

    private int column(int labels) {
        if (label.isEmpty() && labels > 1) {
            throw new InputException(
                    file + " has " + labels + " labels: say which is the score, with #label=0 to #label=" + (labels - 1)
                            + " behind the directory");
        }
        int column = label.orElse(0);
        if (column >= labels) {
            throw new InputException(file + " has no label " + column + ", must be in 0.." + (labels - 1));
        }
        return column;
    }

    @Override
    public void close() {
        closeQuietly(session);
    }
}
