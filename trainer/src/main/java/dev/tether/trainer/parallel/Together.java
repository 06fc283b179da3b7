package dev.tether.trainer.parallel;

import dev.tether.run.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** What each process makes of its part, at every process; what fails at one fails at all, in the same words. */
public final class Together {
    private static final byte DONE = 0;
    private static final byte BAD_INPUT = 1;
    private static final byte FAILED = 2;

    private Together() {}

    /**
     * The parts of all processes.
     *
     * @param part is made here, while the others make theirs
     * @return in order of rank
     * @throws InputException where the part of another process failed by one
     * @throws PeerException where it failed otherwise, or a process is lost
     */
    public static List<byte[]> gather(Peers peers, String what, Supplier<byte[]> part) {
        if (peers.isAlone()) {
            return List.of(part.get());
        }
        byte[] own;
        try {
            own = part.get();
        } catch (PeerException e) {
            throw e;
        } catch (RuntimeException e) {
            peers.gather(what, failure(e));
            throw e;
        }
        return opened(peers.gather(what, tagged(DONE, own)));
    }

    /** What the first process has; {@code own} is not asked at the others. */
    public static byte[] ofFirst(Peers peers, String what, Supplier<byte[]> own) {
        return gather(peers, what, () -> peers.isFirst() ? own.get() : new byte[0])
                .get(0);
    }

    /** True where it is true at any process. */
    public static boolean any(Peers peers, String what, boolean own) {
        return gather(peers, what, () -> new byte[] {(byte) (own ? 1 : 0)}).stream()
                .anyMatch(each -> each[0] == 1);
    }

    private static byte[] failure(RuntimeException e) {
        boolean mendable = e instanceof InputException;
        String message = mendable ? e.getMessage() : e.toString();
        return tagged(mendable ? BAD_INPUT : FAILED, message.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] tagged(byte tag, byte[] content) {
        byte[] tagged = new byte[content.length + 1];
        tagged[0] = tag;
        System.arraycopy(content, 0, tagged, 1, content.length);
        return tagged;
    }

    private static List<byte[]> opened(List<byte[]> all) {
        List<byte[]> parts = new ArrayList<>(all.size());
        for (int rank = 0; rank < all.size(); rank++) {
            byte[] content = Arrays.copyOfRange(all.get(rank), 1, all.get(rank).length);
            switch (all.get(rank)[0]) {
                case DONE -> parts.add(content);
                case BAD_INPUT -> throw new InputException("at rank " + rank + ": " + text(content));
                default -> throw new PeerException("rank " + rank + " failed: " + text(content));
            }
        }
        return parts;
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }
}
