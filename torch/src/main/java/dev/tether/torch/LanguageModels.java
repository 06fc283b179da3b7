package dev.tether.torch;

import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Tokenizer;
import java.nio.file.Path;

/** Opens Hugging Face model directories: the entry of this room. */
public final class LanguageModels {
    private LanguageModels() {}

    /** A policy that can be trained, evaluated, sampled from and exported. */
    public static TorchPolicyModel openPolicy(Path directory, ModelSettings settings) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** The frozen reference. */
    public static ReferenceModel openReference(Path directory, ModelSettings settings) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** The tokenizer of {@code directory/tokenizer.json}. */
    public static Tokenizer openTokenizer(Path directory) {
        throw new UnsupportedOperationException("not written yet");
    }
}
