package dev.tether.torch.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that the reference implementation wrote. */
@SuppressWarnings("try") // scopes act by being open
class SafetensorsGoldenTest {
    @TempDir
    Path directory;

    static List<Path> referenceFiles() throws Exception {
        try (Stream<Path> all = Files.walk(Shared.path("golden/models"))) {
            return all.filter(p -> p.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void rewritingAFileOfTheReferenceImplementationGivesItsBytes() throws Exception {
        for (Path original : referenceFiles()) {
            Path copy = directory.resolve("copy.safetensors");
            try (PointerScope scope = new PointerScope();
                    SafetensorsFile file = SafetensorsFile.open(original)) {
                LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
                file.names().forEach(name -> tensors.put(name, file.tensor(name)));
                SafetensorsWriter.write(copy, tensors, file.metadata());
            }
            assertThat(Files.mismatch(original, copy)).as(original.toString()).isEqualTo(-1);
        }
        assertThat(referenceFiles()).hasSizeGreaterThan(10);
    }

    @Test
    void shardsTogetherHoldWhatTheWholeFileHolds() {
        try (PointerScope scope = new PointerScope();
                Weights whole = ShardedWeights.open(Shared.path("golden/models/llama31_rope_untied"));
                Weights shards = ShardedWeights.open(Shared.path("golden/models/llama31_rope_untied__sharded"))) {
            assertThat(shards.names()).isEqualTo(whole.names());
            for (String name : whole.names()) {
                assertThat(shards.dtype(name)).isEqualTo(whole.dtype(name));
                assertThat(shards.tensor(name).equal(whole.tensor(name)))
                        .as(name)
                        .isTrue();
            }
        }
    }
}
