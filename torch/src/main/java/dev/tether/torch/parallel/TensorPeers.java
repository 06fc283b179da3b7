package dev.tether.torch.parallel;

import dev.tether.trainer.parallel.Peers;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Processes that exchange tensors, too. */
public interface TensorPeers extends Peers {
    /** One process by itself. */
    TensorPeers ALONE = new TensorPeers() {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public List<byte[]> gather(String what, byte[] own) {
            return List.of(own);
        }

        @Override
        public void sum(Tensor tensor) {
            // the sum of one
        }

        @Override
        public void takeFirst(Tensor tensor) {
            // this is the first
        }

        @Override
        public void close() {
            // holds nothing
        }
    };

    /** Replaces {@code tensor}, which is dense, by its sum over all processes: equal to the bit at each. */
    void sum(Tensor tensor);

    /** Replaces {@code tensor}, which is dense, by that of the first process. */
    void takeFirst(Tensor tensor);

    /** The number of the first process. */
    default double takeFirst(double number) {
        return number;
    }
}
