package dev.tether.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.tether.run.InputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a network takes and gives.
 *
 * @param inputs names of what it wants, all [B][T] int64
 * @param output name of its logits, [B][labels]
 * @param labels how many there are; −1 where the file does not say
 */
record OnnxModelForm(List<String> inputs, String output, int labels) {
    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String TYPES = "token_type_ids";
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(IDS, MASK, TYPES));
    private static final String LOGITS = "logits";

    /** @throws InputException when it is no network that scores texts */
    static OnnxModelForm of(Path file, OrtSession session) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        if (!inputs.containsKey(IDS)) {
            throw new InputException(
                    file + ": has no input \"" + IDS + "\"; it has " + String.join(", ", inputs.keySet()));
        }
        for (NodeInfo input : inputs.values()) {
            if (!KNOWN.contains(input.getName())) {
                throw new InputException(file + ": wants the input \"" + input.getName()
                        + "\", which nobody gives it; known are " + String.join(", ", KNOWN));
            }
            TensorInfo tensor = tensor(file, input, "input");
            if (tensor.type != OnnxJavaType.INT64 || tensor.getShape().length != 2) {
                throw new InputException(file + ": the input \"" + input.getName() + "\" is " + shown(tensor)
                        + ", must be [B][T] int64");
            }
        }
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        NodeInfo output = outputs.size() == 1 ? outputs.values().iterator().next() : outputs.get(LOGITS);
        if (output == null) {
            throw new InputException(
                    file + ": has no output \"" + LOGITS + "\"; it has " + String.join(", ", outputs.keySet()));
        }
        TensorInfo logits = tensor(file, output, "output");
        if (logits.getShape().length != 2
                || (logits.type != OnnxJavaType.FLOAT && logits.type != OnnxJavaType.FLOAT16)) {
            throw new InputException(file + ": the output \"" + output.getName() + "\" is " + shown(logits)
                    + ", must be [B][labels] float");
        }
        return new OnnxModelForm(List.copyOf(inputs.keySet()), output.getName(), Math.toIntExact(logits.getShape()[1]));
    }

    boolean hasMask() {
        return inputs.contains(MASK);
    }

    private static TensorInfo tensor(Path file, NodeInfo node, String what) {
        if (node.getInfo() instanceof TensorInfo tensor) {
            return tensor;
        }
        throw new InputException(file + ": the " + what + " \"" + node.getName() + "\" is no tensor");
    }

    private static String shown(TensorInfo tensor) {
        return Arrays.toString(tensor.getShape()).replace("-1", "?") + " "
                + tensor.type.name().toLowerCase(Locale.ROOT);
    }
}
