package dev.tether.cli.hub;

import dev.tether.run.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a hub says of a model.
 *
 * @param commit that its revision is
 * @param files by name; those without a digest have an empty one
 */
record HubListing(HubName name, String commit, Map<String, HubFile> files) {
    static final String WEIGHTS = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    static final String CONFIG = "config.json";
    static final String TOKENIZER = "tokenizer.json";
    private static final List<String> NEEDED = List.of(
            CONFIG,
            "generation_config.json",
            TOKENIZER,
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "tokenizer.model",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json");
    private static final JsonMapper JSON = JsonMapper.shared();

    /** @throws InputException when {@code bytes} are no description of a model */
    static HubListing read(HubName name, byte[] bytes) {
        JsonNode json = json(name + ": the hub's answer", bytes);
        String commit = json.path("sha").asString("");
        if (!HubName.isCommit(commit) || !json.path("siblings").isArray()) {
            throw new InputException(name + ": the hub's answer names no commit and files");
        }
        Map<String, HubFile> files = new LinkedHashMap<>();
        for (JsonNode sibling : json.path("siblings")) {
            String file = sibling.path("rfilename").asString("");
            String digest = sibling.path("lfs")
                    .path("sha256")
                    .asString(
                            sibling.path("lfs").isObject()
                                    ? ""
                                    : sibling.path("blobId").asString(""));
            long size =
                    sibling.path("lfs").path("size").asLong(sibling.path("size").asLong(-1));
            files.put(file, new HubFile(file, size, HubFile.isDigest(digest) ? digest : ""));
        }
        return new HubListing(name, commit, files);
    }

    /** What is needed besides the weights, as far as it is there; config.json must be. */
    List<HubFile> companions() {
        if (!files.containsKey(CONFIG)) {
            throw new InputException(name + ": has no config.json, so it is no model that can be loaded");
        }
        return NEEDED.stream().filter(files::containsKey).map(files::get).toList();
    }

    boolean isSharded() {
        return !files.containsKey(WEIGHTS);
    }

    /**
     * The one file of weights, or the index of several.
     *
     * @throws InputException when there is neither
     */
    HubFile weightsOrIndex() {
        HubFile found = files.getOrDefault(WEIGHTS, files.get(INDEX));
        if (found == null) {
            String others = files.keySet().stream()
                    .filter(file -> file.matches("[^/]+\\.(bin|pt|pth|ckpt|h5|msgpack|gguf|onnx|safetensors)"))
                    .limit(3)
                    .collect(Collectors.joining(", "));
            throw new InputException(name + ": has no " + WEIGHTS + " (nor " + INDEX + ")"
                    + (others.isEmpty() ? "" : ", but " + others + "; pickle files are never read"));
        }
        return found;
    }

    /** The files that {@code index}, as read, names. */
    List<HubFile> shards(byte[] index) {
        return shardNames(name + " " + INDEX, index).stream()
                .map(shard -> {
                    if (!files.containsKey(shard)) {
                        throw new InputException(name + ": " + INDEX + " names " + shard + ", which is not there");
                    }
                    return files.get(shard);
                })
                .toList();
    }

    /** @throws InputException when it is no index, or names anything but files beside it */
    static Set<String> shardNames(String what, byte[] index) {
        JsonNode map = json(what, index).path("weight_map");
        Set<String> names = new TreeSet<>();
        map.values().forEach(value -> names.add(value.asString("")));
        if (names.isEmpty()) {
            throw new InputException(what + ": has no weight_map");
        }
        for (String shard : names) {
            if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors")) {
                throw new InputException(
                        what + ": names \"" + shard + "\", must be names of .safetensors files beside it");
            }
        }
        return names;
    }

    private static JsonNode json(String what, byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new InputException(what + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
