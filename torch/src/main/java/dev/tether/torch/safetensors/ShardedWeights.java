package dev.tether.torch.safetensors;

import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The weights of a Hugging Face model directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names.
 */
public final class ShardedWeights implements Weights {
    private static final String WHOLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, SafetensorsFile> fileOfTensor;
    private final Map<String, SafetensorsFile> shards;
    private final Path origin;

    private ShardedWeights(
            Path origin, Map<String, SafetensorsFile> fileOfTensor, Map<String, SafetensorsFile> shards) {
        this.origin = origin;
        this.fileOfTensor = fileOfTensor;
        this.shards = shards;
    }

    /**
     * @throws InputException when neither form is there, a shard is missing or torn, or the index names a tensor that its
     *     shard does not hold
     */
    public static ShardedWeights open(Path modelDirectory) {
        Path whole = modelDirectory.resolve(WHOLE);
        if (Files.exists(whole)) {
            SafetensorsFile file = SafetensorsFile.open(whole);
            Map<String, SafetensorsFile> fileOfTensor = new TreeMap<>();
            file.names().forEach(name -> fileOfTensor.put(name, file));
            return new ShardedWeights(whole, fileOfTensor, Map.of(WHOLE, file));
        }
        Path index = modelDirectory.resolve(INDEX);
        if (Files.exists(index)) {
            return openShards(modelDirectory, index);
        }
        throw new InputException(modelDirectory + ": holds neither " + WHOLE + " nor " + INDEX
                + (Files.isDirectory(modelDirectory) ? "" : "; there is no such directory"));
    }

    private static ShardedWeights openShards(Path directory, Path index) {
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        Map<String, SafetensorsFile> fileOfTensor = new TreeMap<>();
        try {
            for (Map.Entry<String, JsonNode> entry : weightMap(index).properties()) {
                String name = entry.getKey();
                String shardName = shardName(index, name, entry.getValue());
                SafetensorsFile shard =
                        shards.computeIfAbsent(shardName, s -> SafetensorsFile.open(directory.resolve(s)));
                if (!shard.names().contains(name)) {
                    throw new InputException(
                            index + ": names tensor '" + name + "' in " + shardName + ", which does not hold it");
                }
                fileOfTensor.put(name, shard);
            }
            return new ShardedWeights(index, fileOfTensor, shards);
        } catch (RuntimeException e) {
            shards.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static JsonNode weightMap(Path index) {
        try {
            JsonNode map = JSON.readTree(Files.readAllBytes(index)).path("weight_map");
            if (!map.isObject() || map.isEmpty()) {
                throw new InputException(index + ": weight_map must be an object of tensor name to file name");
            }
            return map;
        } catch (JacksonException e) {
            throw new InputException(index + ": is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InputException(index + ": cannot be read: " + e.getMessage());
        }
    }

    private static String shardName(Path index, String tensor, JsonNode value) {
        String shard = value.isString() ? value.stringValue() : value.toString();
        boolean plainName = value.isString() && shard.matches("[^/\\\\:\\x00-\\x1f]+") && !shard.matches("\\.+");
        if (!plainName) {
            throw new InputException(index + ": tensor '" + tensor + "' is in '" + shard
                    + "', must be a file name in the same directory");
        }
        return shard;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(fileOfTensor.keySet());
    }

    @Override
    public long[] shape(String name) {
        return file(name).shape(name);
    }

    @Override
    public Dtype dtype(String name) {
        return file(name).dtype(name);
    }

    @Override
    public Tensor tensor(String name) {
        return file(name).tensor(name);
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = fileOfTensor.get(name);
        if (file == null) {
            throw new InputException(origin + ": there is no tensor '" + name + "' among its " + fileOfTensor.size());
        }
        return file;
    }

    @Override
    public void close() {
        shards.values().forEach(SafetensorsFile::close);
    }
}
