package dev.tether.trainer.loop;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** All who listen to a run, each kept apart from the failures of the others. */
final class Listeners {
    private final List<RunListener> listeners;
    private final BiConsumer<RunListener, RuntimeException> firstFailure;
    private final Set<RunListener> failed = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Listeners in the order in which they are told.
     *
     * @param firstFailure is called once for each listener that throws
     */
    Listeners(List<RunListener> listeners, BiConsumer<RunListener, RuntimeException> firstFailure) {
        this.listeners = List.copyOf(listeners);
        this.firstFailure = firstFailure;
    }

    void tell(Consumer<RunListener> news) {
        for (RunListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                if (failed.add(listener)) {
                    firstFailure.accept(listener, e);
                }
            }
        }
    }
}
