package dev.tether.torch.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * An endless supply of rows of equal length, each filled with whole documents one after the other. Every epoch goes
 * through all documents in a new order; of the next few the longest that fits comes next, so that little of a row is
 * left empty. A document that is longer than a row was cut into rows before.
 */
final class PackedRows implements Iterator<int[]> {
    /** How many documents compete for the rest of a row. */
    private static final int CANDIDATES = 64;

    private final List<int[]> documents;
    private final int length;
    private final int padding;
    private final Random random;
    private final List<int[]> waiting = new ArrayList<>();
    private Iterator<int[]> epoch = Collections.emptyIterator();

    /** @param documents token ids, bos and eos included */
    PackedRows(List<int[]> documents, int length, int padding, Random random) {
        if (documents.isEmpty()) {
            throw new NoSuchElementException("there is no document to pack");
        }
        this.documents = cut(documents, length);
        this.length = length;
        this.padding = padding;
        this.random = random;
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public int[] next() {
        int[] row = new int[length];
        Arrays.fill(row, padding);
        int filled = 0;
        for (int[] document = fitting(length); document != null; document = fitting(length - filled)) {
            System.arraycopy(document, 0, row, filled, document.length);
            filled += document.length;
        }
        return row;
    }

    private int[] fitting(int room) {
        refill();
        int best = -1;
        for (int i = 0; i < waiting.size(); i++) {
            int size = waiting.get(i).length;
            if (size <= room && (best < 0 || size > waiting.get(best).length)) {
                best = i;
            }
            if (room == length && best >= 0) {
                break; // a new row begins with whoever waits longest
            }
        }
        return best < 0 ? null : waiting.remove(best);
    }

    private void refill() {
        while (waiting.size() < CANDIDATES) {
            if (!epoch.hasNext()) {
                List<int[]> order = new ArrayList<>(documents);
                Collections.shuffle(order, random);
                epoch = order.iterator();
            }
            waiting.add(epoch.next());
        }
    }

    private static List<int[]> cut(List<int[]> documents, int length) {
        List<int[]> parts = new ArrayList<>();
        for (int[] document : documents) {
            for (int at = 0; at < document.length; at += length) {
                parts.add(Arrays.copyOfRange(document, at, Math.min(document.length, at + length)));
            }
        }
        return parts;
    }
}
