package dev.tether.torch.directory;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a sequence classifier with one label as a Hugging Face directory: {@code LlamaForSequenceClassification} and its
 * like, whose score stands at the last token that is not padding.
 */
public final class ClassifierExport {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LABEL = "LABEL_0";

    private ClassifierExport() {}

    /**
     * Writes single-precision weights, config.json and the tokenizer's files into an existing empty directory.
     *
     * @param source whose trunk it is
     * @param parameters trunk and {@code score.weight}, by name
     * @param padId fills up a batch, and is no token of any text
     */
    public static void write(ModelDirectory source, Map<String, Tensor> parameters, int padId, Path directory)
            throws IOException {
        Path config = source.path().resolve(ModelDirectory.CONFIG);
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(config));
        json.putArray("architectures").add(source.classifierName());
        json.put("num_labels", 1);
        json.putObject("id2label").put("0", LABEL);
        json.putObject("label2id").put(LABEL, 0);
        json.put("pad_token_id", padId);
        json.put(json.has("dtype") ? "dtype" : "torch_dtype", "float32");
        Files.write(
                directory.resolve(ModelDirectory.CONFIG),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
        ModelExport.copyCompanions(source, directory);
        LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
        try {
            parameters.forEach((name, tensor) -> weights.put(name, Scoped.keep(tensor::detach)));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        } finally {
            weights.values().forEach(Tensor::close);
        }
    }
}
