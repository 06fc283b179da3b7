package dev.tether.torch.parallel;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.parallel.PeerException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Processes that are joined by libtorch's own c10d, with Gloo over TCP. Every exchange begins with a header of fixed size
 * that says what it is: two processes at different things are told so, where Gloo itself would end both.
 */
public final class GlooPeers implements TensorPeers {
    private static final int LABEL_LONGS = 4;
    private static final int LABEL_BYTES = LABEL_LONGS * Long.BYTES;
    private static final int HEADER_LONGS = LABEL_LONGS + 1;

    private final ProcessGroupGloo group;
    private final PeerWatch watch;
    private final int rank;
    private final int count;
    private long exchanges;

    /** Owns group and watch. */
    GlooPeers(ProcessGroupGloo group, PeerWatch watch) {
        this.group = group;
        this.watch = watch;
        this.rank = group.getRank();
        this.count = group.getSize();
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public List<byte[]> gather(String what, byte[] own) {
        watch.at(++exchanges);
        long[] headers = headers(what, own.length);
        int longest = 0;
        for (int other = 0; other < count; other++) {
            requireSame(what, other, headers);
            longest = Math.max(longest, length(headers, other));
        }
        byte[] all = longest == 0 ? new byte[0] : contents(what, Arrays.copyOf(own, longest));
        List<byte[]> gathered = new ArrayList<>(count);
        for (int other = 0; other < count; other++) {
            gathered.add(Arrays.copyOfRange(all, other * longest, other * longest + length(headers, other)));
        }
        return gathered;
    }

    private long[] headers(String what, int length) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_LONGS * Long.BYTES);
        header.put(Arrays.copyOf(what.getBytes(StandardCharsets.UTF_8), LABEL_BYTES))
                .putLong(length)
                .flip();
        long[] own = new long[HEADER_LONGS];
        header.asLongBuffer().get(own);
        return Scoped.compute(() -> {
            Tensor mine = Tensors.of(own, HEADER_LONGS);
            Tensor all = zeros(new long[] {(long) count * HEADER_LONGS}, new TensorOptions(ScalarType.Long));
            await(what, () -> group._allgather_base(all, mine));
            return Tensors.toLongs(all);
        });
    }

    private static int length(long[] headers, int other) {
        return Math.toIntExact(headers[other * HEADER_LONGS + LABEL_LONGS]);
    }

    private void requireSame(String what, int other, long[] headers) {
        ByteBuffer label = ByteBuffer.allocate(LABEL_BYTES);
        label.asLongBuffer().put(headers, other * HEADER_LONGS, LABEL_LONGS);
        if (!Arrays.equals(label.array(), Arrays.copyOf(what.getBytes(StandardCharsets.UTF_8), LABEL_BYTES))) {
            String theirs = new String(label.array(), StandardCharsets.UTF_8).replace("\0", "");
            throw new PeerException("rank " + other + " is at \"" + theirs + "\" where rank " + rank + " is at \""
                    + what + "\": all processes must be started with the same command");
        }
    }

    private byte[] contents(String what, byte[] own) {
        return Scoped.compute(() -> {
            Tensor mine = zeros(new long[] {own.length}, new TensorOptions(ScalarType.Byte));
            new BytePointer(mine.data_ptr()).put(own);
            Tensor all = zeros(new long[] {(long) own.length * count}, new TensorOptions(ScalarType.Byte));
            await(what, () -> group._allgather_base(all, mine));
            byte[] contents = new byte[own.length * count];
            new BytePointer(all.data_ptr()).get(contents);
            return contents;
        });
    }

    @Override
    public void sum(Tensor tensor) {
        Scoped.runWithoutGradients(() -> await("sum of gradients", () -> group.allreduce(new TensorVector(tensor))));
    }

    @Override
    public void takeFirst(Tensor tensor) {
        Scoped.runWithoutGradients(() -> {
            BroadcastOptions fromFirst = new BroadcastOptions().rootRank(0).rootTensor(0);
            await("state of the first", () -> group.broadcast(new TensorVector(tensor), fromFirst));
        });
    }

    @Override
    public double takeFirst(double number) {
        return Scoped.compute(() -> {
            Tensor one = Tensors.of(new double[] {number}, 1);
            takeFirst(one);
            return Tensors.toDoubles(one)[0];
        });
    }

    private void await(String what, Supplier<Work> exchange) {
        try {
            exchange.get()._wait();
        } catch (RuntimeException e) {
            throw watch.explained(what, e);
        }
    }

    @Override
    public void close() {
        watch.close();
        group.close();
    }
}
