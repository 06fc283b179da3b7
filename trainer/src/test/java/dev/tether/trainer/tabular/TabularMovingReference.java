package dev.tether.trainer.tabular;

import dev.tether.trainer.model.MovingReference;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A table of logits that follows the policy's. */
final class TabularMovingReference implements MovingReference {
    private final TabularTree tree;
    final double[][] logits;

    TabularMovingReference(TabularTree tree, double[][] logits) {
        this.tree = tree;
        this.logits = Arrays.stream(logits).map(double[]::clone).toArray(double[][]::new);
    }

    @Override
    public double[][] logprobs(TokenBatch batch, double temperature) {
        return TabularReference.logprobs(tree, logits, batch);
    }

    @Override
    public void moveTowards(PolicyModel policy, double share) {
        double[][] goal = ((TabularPolicy) policy).logits;
        for (int row = 0; row < logits.length; row++) {
            for (int v = 0; v < logits[row].length; v++) {
                logits[row][v] = share == 1 ? goal[row][v] : (1 - share) * logits[row][v] + share * goal[row][v];
            }
        }
    }

    @Override
    public String fingerprint() {
        return "table:" + Arrays.deepHashCode(logits);
    }

    @Override
    public void saveWeights(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * logits.length * tree.vocabulary());
        for (double[] row : logits) {
            for (double logit : row) {
                bytes.putDouble(logit);
            }
        }
        Files.write(directory.resolve("table.bin"), bytes.array());
    }

    @Override
    public void restoreWeights(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("table.bin")));
        for (double[] row : logits) {
            for (int v = 0; v < row.length; v++) {
                row[v] = bytes.getDouble();
            }
        }
    }

    @Override
    public void close() {}
}
