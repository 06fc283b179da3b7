package dev.tether.torch.network;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;

/** Native objects that live as long as one network and are freed with it, last made first. */
final class Owned implements AutoCloseable {
    private final Deque<Pointer> pointers = new ArrayDeque<>();

    /** Takes {@code pointer} out of the reach of any scope that is open now. */
    <P extends Pointer> P own(P pointer) {
        pointer.retainReference();
        pointers.push(pointer);
        return pointer;
    }

    @Override
    public void close() {
        while (!pointers.isEmpty()) {
            pointers.pop().releaseReference();
        }
    }
}
