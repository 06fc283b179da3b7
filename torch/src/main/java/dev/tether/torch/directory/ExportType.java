package dev.tether.torch.directory;

import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The number type in which weights are written. */
public enum ExportType {
    FLOAT32("float32", ScalarType.Float),
    FLOAT16("float16", ScalarType.Half),
    BFLOAT16("bfloat16", ScalarType.BFloat16),
    /** Each tensor in the type it was read in; single precision for a model that was never on disk. */
    ORIGINAL(null, null);

    private final String configName;
    private final ScalarType scalarType;

    ExportType(String configName, ScalarType scalarType) {
        this.configName = configName;
        this.scalarType = scalarType;
    }

    /** What config.json calls it; empty where its old value stays right. */
    Optional<String> configName() {
        return Optional.ofNullable(configName);
    }

    Optional<ScalarType> scalarType() {
        return Optional.ofNullable(scalarType);
    }
}
