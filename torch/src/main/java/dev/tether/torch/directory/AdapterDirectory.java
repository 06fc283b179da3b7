package dev.tether.torch.directory;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.architecture.ConfigFile;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.architecture.LowRankSpec;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A low-rank adapter in the layout of PEFT: adapter_config.json and adapter_model.safetensors. */
public final class AdapterDirectory implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    /** In the free text of the weights' file, which PEFT does not read. */
    private static final String BASE = "tether_base";

    /** Options of PEFT that would change what the weights mean. */
    private static final List<String> UNSUPPORTED = List.of(
            "use_dora",
            "use_rslora",
            "rank_pattern",
            "alpha_pattern",
            "modules_to_save",
            "layers_to_transform",
            "exclude_modules",
            "target_parameters",
            "trainable_token_indices",
            "layer_replication",
            "lora_bias",
            "megatron_config");

    private final Path path;
    private final ModelDirectory base;
    private final LowRankSpec spec;
    private final SafetensorsFile weights;

    private AdapterDirectory(Path path, ModelDirectory base, LowRankSpec spec, SafetensorsFile weights) {
        this.path = path;
        this.base = base;
        this.spec = spec;
        this.weights = weights;
    }

    /**
     * Opens an adapter of a model.
     *
     * @throws InputException when it is missing, torn, of a kind that is not supported, or does not fit {@code base}
     */
    public static AdapterDirectory open(Path path, ModelDirectory base) {
        if (!Files.isDirectory(path)) {
            throw new InputException(path + ": there is no such adapter directory");
        }
        LowRankSpec spec = describe(ConfigFile.read(path.resolve(CONFIG)), base);
        SafetensorsFile weights = SafetensorsFile.open(path.resolve(WEIGHTS));
        try {
            requireMatch(path.resolve(WEIGHTS), spec, weights, base);
            return new AdapterDirectory(path, base, spec, weights);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static LowRankSpec describe(ConfigFile config, ModelDirectory base) {
        String kind = config.text("peft_type").orElse("");
        if (!kind.equals("LORA")) {
            throw config.wrong("peft_type", "must be LORA");
        }
        for (String option : UNSUPPORTED) {
            if (config.isSet(option)) {
                throw config.wrong(option, "is not supported");
            }
        }
        if (!config.text("bias").orElse("none").equals("none")) {
            throw config.wrong("bias", "is not supported, must be none");
        }
        String place = config.file() + ": target_modules";
        return new LowRankSpec(
                config.positiveInteger("r"),
                config.positiveNumber("lora_alpha"),
                LowRankSpec.targets(base.spec(), modules(config), place));
    }

    /** A list of names, or one name, of which PEFT makes a pattern unless it is {@link LowRankSpec#ALL_LINEAR}. */
    private static List<String> modules(ConfigFile config) {
        if (!config.isText("target_modules")) {
            return config.texts("target_modules");
        }
        if (!config.text("target_modules").orElseThrow().equals(LowRankSpec.ALL_LINEAR)) {
            throw config.wrong("target_modules", "must be a list of names or " + LowRankSpec.ALL_LINEAR);
        }
        return List.of(LowRankSpec.ALL_LINEAR);
    }

    private static void requireMatch(Path file, LowRankSpec spec, SafetensorsFile weights, ModelDirectory base) {
        TreeSet<String> extra = new TreeSet<>(weights.names());
        for (ParameterSpec parameter : spec.parameters()) {
            String name = parameter.name();
            if (!weights.names().contains(name)) {
                throw new InputException(
                        file + ": lacks " + parameter + ", which " + CONFIG + " promises for " + base.path());
            }
            if (!Arrays.equals(weights.shape(name), parameter.shape())) {
                throw new InputException(file + ": " + name + " is " + Arrays.toString(weights.shape(name))
                        + ", must be " + Arrays.toString(parameter.shape()) + " for rank " + spec.rank() + " of "
                        + CONFIG + " and the model " + base.path());
            }
            extra.remove(name);
        }
        if (!extra.isEmpty()) {
            throw new InputException(file + ": holds " + extra.first() + ", which is no adapter of a target of "
                    + CONFIG + " in " + base.path());
        }
    }

    public LowRankSpec spec() {
        return spec;
    }

    /**
     * Refuses an adapter that is another one than the settings {@code lora.*} ask for.
     *
     * @param rank asked for; 0 = any
     * @param alpha asked for; empty = any
     * @param targetModules asked for, as {@link LowRankSpec#targets} reads them; empty = any
     */
    public void requireAsked(int rank, OptionalDouble alpha, List<String> targetModules) {
        requireAsked(rank == 0 || rank == spec.rank(), "rank = " + rank, "0 or " + spec.rank());
        requireAsked(
                alpha.isEmpty() || alpha.getAsDouble() == spec.alpha(),
                "alpha = " + alpha.orElse(0),
                "null or " + spec.alpha());
        String setting = "lora.target_modules";
        boolean isSame = targetModules.isEmpty()
                || LowRankSpec.targets(base.spec(), targetModules, setting).equals(spec.targets());
        requireAsked(isSame, "target_modules = " + targetModules, "[] or " + spec.targetModules(base.spec()));
    }

    private void requireAsked(boolean isSo, String setting, String law) {
        if (!isSo) {
            throw new InputException(
                    "lora." + setting + ", must be " + law + " with lora.adapter, as " + path + " has it");
        }
    }

    /** A or B of a target in its type on disk, in the caller's scope. */
    public Tensor tensor(ParameterSpec parameter) {
        return weights.tensor(parameter.name());
    }

    /**
     * Refuses a base that is not the one whose fingerprint was written beside the weights; an adapter of another writer
     * has none, and is taken as it is.
     */
    public void requireBase(String fingerprint, Path base) {
        Optional<String> written = Optional.ofNullable(weights.metadata().get(BASE));
        if (written.isPresent() && !written.get().equals(fingerprint)) {
            throw new InputException(path + ": is an adapter of another model than " + base
                    + ": its base had the weights " + written.get() + ", these are " + fingerprint);
        }
    }

    @Override
    public void close() {
        weights.close();
    }

    /**
     * Writes an adapter that PEFT and {@link #open} read.
     *
     * @param target a directory, there or not; the adapter's files in it are replaced
     * @param weights by name, as {@link LowRankSpec#parameters} calls them
     * @param fingerprint of the weights of {@code base}
     */
    public static void write(
            Path target, LowRankSpec spec, Map<String, Tensor> weights, ModelDirectory base, String fingerprint)
            throws IOException {
        Files.createDirectories(target);
        LinkedHashMap<String, Tensor> named = new LinkedHashMap<>();
        spec.parameters().forEach(parameter -> named.put(parameter.name(), weights.get(parameter.name())));
        SafetensorsWriter.write(target.resolve(WEIGHTS), named, Map.of("format", "pt", BASE, fingerprint));
        AtomicFiles.writeFile(
                target.resolve(CONFIG), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config(spec, base)));
    }

    private static ObjectNode config(LowRankSpec spec, ModelDirectory base) {
        ObjectNode config = JSON.createObjectNode();
        config.put("peft_type", "LORA");
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", base.path().toAbsolutePath().toString());
        config.put("r", spec.rank());
        if (spec.alpha() == Math.rint(spec.alpha())) {
            config.put("lora_alpha", (long) spec.alpha());
        } else {
            config.put("lora_alpha", spec.alpha());
        }
        spec.targetModules(base.spec()).forEach(config.putArray("target_modules")::add);
        config.put("fan_in_fan_out", spec.targets().get(0).layout() == Layout.INPUTS_FIRST);
        config.put("lora_dropout", 0.0);
        config.put("bias", "none");
        config.put("init_lora_weights", true);
        config.put("use_rslora", false);
        config.put("inference_mode", true);
        return config;
    }
}
