package dev.tether.torch.engine;

import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The one memory convention of this room. Everything native that is made inside a scope is freed when the scope ends,
 * and a method that returns a tensor hands it to the scope of its caller. So a caller never closes a tensor that a
 * method returned, it only opens a scope around the call. Tensors that outlive every scope (parameters, optimiser
 * state, caches) are {@linkplain #keep kept} by the one object that owns them and freed by its {@code close}.
 */
public final class Scoped {
    private Scoped() {}

    /** Runs {@code body}, frees everything native made in it, and returns its result, which must not be native. */
    @SuppressWarnings("try") // the scope acts by being open
    public static <T> T compute(Supplier<T> body) {
        try (PointerScope scope = new PointerScope()) {
            return body.get();
        }
    }

    /** Runs {@code body} and frees everything native made in it. */
    @SuppressWarnings("try") // the scope acts by being open
    public static void run(Runnable body) {
        try (PointerScope scope = new PointerScope()) {
            body.run();
        }
    }

    /** {@link #compute} without gradients. */
    @SuppressWarnings("try") // scope and guard act by being open
    public static <T> T computeWithoutGradients(Supplier<T> body) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return body.get();
        }
    }

    /** {@link #run} without gradients. */
    @SuppressWarnings("try") // scope and guard act by being open
    public static void runWithoutGradients(Runnable body) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            body.run();
        }
    }

    /** Takes {@code pointer}, a constant made once, out of every scope for the life of the process. */
    public static <P extends Pointer> P forever(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    /** Runs {@code body} in a scope of its own and hands its result, and nothing else, to the caller's scope. */
    public static Tensor handOver(Supplier<Tensor> body) {
        PointerScope outer = PointerScope.getInnerScope();
        if (outer == null) {
            throw new IllegalStateException("a tensor was asked for outside of every scope: nobody would free it");
        }
        Tensor result = keep(body);
        outer.attach(result);
        result.releaseReference();
        return result;
    }

    /** Runs {@code body} in a scope of its own; the caller owns the result and frees it with {@code close()}. */
    @SuppressWarnings("try") // the scope acts by being open
    public static Tensor keep(Supplier<Tensor> body) {
        try (PointerScope scope = new PointerScope()) {
            Tensor result = body.get();
            result.retainReference();
            return result;
        }
    }
}
