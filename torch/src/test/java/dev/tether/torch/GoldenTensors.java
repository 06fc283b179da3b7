package dev.tether.torch;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** The reference tensors of one model directory of shared/golden/models, as Java arrays. */
public final class GoldenTensors implements AutoCloseable {
    private final SafetensorsFile file;

    private GoldenTensors(SafetensorsFile file) {
        this.file = file;
    }

    public static GoldenTensors of(Path modelDirectory) {
        return new GoldenTensors(SafetensorsFile.open(modelDirectory.resolve("golden.safetensors")));
    }

    public boolean has(String name) {
        return file.names().contains(name);
    }

    /** In the caller's scope. */
    public Tensor tensor(String name) {
        return file.tensor(name);
    }

    public int integer(String name) {
        return Scoped.compute(() -> (int) Tensors.toLongs(file.tensor(name))[0]);
    }

    public double[][] doubles(String name) {
        return Scoped.compute(() -> Tensors.toRows(file.tensor(name)));
    }

    public int[][] integers(String name) {
        double[][] rows = doubles(name);
        int[][] integers = new int[rows.length][];
        for (int b = 0; b < rows.length; b++) {
            integers[b] =
                    java.util.Arrays.stream(rows[b]).mapToInt(x -> (int) x).toArray();
        }
        return integers;
    }

    /** The ids of a batch where its attention mask is 1, between two columns. */
    public int[][] unpadded(String batch, int firstColumn, int endColumn) {
        int[][] ids = integers(batch + ".input_ids");
        int[][] mask = integers(batch + ".attention_mask");
        int[][] rows = new int[ids.length][];
        for (int b = 0; b < ids.length; b++) {
            int row = b;
            rows[b] = IntStream.range(firstColumn, endColumn)
                    .filter(i -> mask[row][i] == 1)
                    .map(i -> ids[row][i])
                    .toArray();
        }
        return rows;
    }

    @Override
    public void close() {
        file.close();
    }
}
