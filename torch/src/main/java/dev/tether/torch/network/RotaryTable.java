package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.arange;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.outer;

import dev.tether.torch.architecture.PositionSpec.Rotary;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Cosines and sines of all positions used so far, computed in double precision; grows on demand, for any thread. */
final class RotaryTable implements AutoCloseable {
    private static final int FIRST_POSITIONS = 256;

    private final Rotary rotary;
    private final ComputeType computeType;
    private final int limit;
    private Tensor cosines;
    private Tensor signedSines;

    RotaryTable(Rotary rotary, int limit, ComputeType computeType) {
        this.rotary = rotary;
        this.limit = limit;
        this.computeType = computeType;
    }

    /** The angles of {@code count} successive positions, the same for every row. */
    synchronized Rotation successive(long first, long count) {
        grow(first + count);
        return new Rotation(
                cosines.narrow(0, first, count).unsqueeze(1),
                signedSines.narrow(0, first, count).unsqueeze(1));
    }

    /** The angles of positions [B][L], each below {@code bound}. */
    synchronized Rotation at(Tensor positions, long bound) {
        grow(bound);
        long[] shape = {positions.size(0), positions.size(1), 1, rotary.rotated()};
        Tensor flat = positions.reshape(-1);
        return new Rotation(
                cosines.index_select(0, flat).view(shape),
                signedSines.index_select(0, flat).view(shape));
    }

    private void grow(long positions) {
        if (cosines != null && cosines.size(0) >= positions) {
            return;
        }
        long size = Math.max(FIRST_POSITIONS, Math.min(limit, 2 * positions));
        long rows = Math.max(size, positions);
        close();
        Scoped.run(() -> {
            Tensor angles = angles(rows);
            Tensor cos = angles.cos();
            Tensor sin = angles.sin();
            cosines = Scoped.keep(() -> cat(new TensorVector(cos, cos), -1).to(computeType.scalarType()));
            signedSines =
                    Scoped.keep(() -> cat(new TensorVector(sin.neg(), sin), -1).to(computeType.scalarType()));
        });
    }

    private Tensor angles(long rows) {
        double[] frequencies = rotary.frequencies();
        Tensor positions = arange(new Scalar(rows), new TensorOptions(ScalarType.Double));
        return outer(positions, Tensors.of(frequencies, frequencies.length));
    }

    @Override
    public void close() {
        if (cosines != null) {
            cosines.close();
            signedSines.close();
            cosines = null;
        }
    }
}
