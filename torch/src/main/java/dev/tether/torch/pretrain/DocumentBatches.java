package dev.tether.torch.pretrain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * An endless supply of batches, one document in a row, as the model will meet it: rows that hold several documents teach
 * a model where rows end. Every epoch goes through all documents in a new order. Of a few batches' documents those of
 * like length go together, so that little of a batch is padding; a document longer than the context was cut before.
 */
final class DocumentBatches implements Iterator<List<LearnedText>> {
    /** How many batches' documents are sorted by length at a time. */
    private static final int WINDOW = 8;

    private final List<LearnedText> documents;
    private final int rows;
    private final int padding;
    private final Random random;
    private final List<List<LearnedText>> ready = new ArrayList<>();
    private Iterator<LearnedText> epoch = Collections.emptyIterator();

    /**
     * @param documents bos and eos included
     * @param rows of a batch
     */
    DocumentBatches(List<LearnedText> documents, int rows, int padding, Random random) {
        if (documents.isEmpty()) {
            throw new NoSuchElementException("there is no document to learn from");
        }
        this.documents = List.copyOf(documents);
        this.rows = rows;
        this.padding = padding;
        this.random = random;
    }

    /**
     * The documents, cut into parts of {@code length} tokens at most; a part begins with the last token before it. Parts of
     * which nothing is predicted are left out.
     */
    static List<LearnedText> cut(List<LearnedText> documents, int length) {
        List<LearnedText> parts = new ArrayList<>();
        for (LearnedText document : documents) {
            for (int at = 0; at == 0 || at < document.length() - 1; at += length - 1) {
                parts.add(document.part(at, Math.min(document.length(), at + length)));
            }
        }
        parts.removeIf(part -> part.predicted() == 0);
        return parts;
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    /** Rows of equal length, padded at their ends. */
    @Override
    public List<LearnedText> next() {
        if (ready.isEmpty()) {
            fillWindow();
        }
        return ready.remove(ready.size() - 1);
    }

    private void fillWindow() {
        List<LearnedText> window = new ArrayList<>();
        for (int i = 0; i < rows * WINDOW; i++) {
            window.add(nextDocument());
        }
        window.sort(Comparator.comparingInt(LearnedText::length));
        for (int i = 0; i < WINDOW; i++) {
            ready.add(padded(window.subList(i * rows, (i + 1) * rows)));
        }
        Collections.shuffle(ready, random);
    }

    private LearnedText nextDocument() {
        if (!epoch.hasNext()) {
            List<LearnedText> order = new ArrayList<>(documents);
            Collections.shuffle(order, random);
            epoch = order.iterator();
        }
        return epoch.next();
    }

    private List<LearnedText> padded(List<LearnedText> batch) {
        int width = batch.get(batch.size() - 1).length();
        return batch.stream().map(document -> document.ofWidth(width, padding)).toList();
    }
}
