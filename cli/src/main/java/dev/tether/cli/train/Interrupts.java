package dev.tether.cli.train;

import dev.tether.cli.console.ExitCode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Turns the first Ctrl-C (or TERM) into a polite request, and the second into the end. The signal classes have no
 * supported twin; they are reached by name, and where they are missing Ctrl-C ends the process as it always does: the
 * run's files bear that.
 */
public final class Interrupts implements BooleanSupplier {
    private final AtomicBoolean requested = new AtomicBoolean();
    private final Runnable onFirst;
    private final Runnable onSecond;

    private Interrupts(Runnable onFirst, Runnable onSecond) {
        this.onFirst = onFirst;
        this.onSecond = onSecond;
    }

    /** Listens from now on; {@code onFirst} is called once, on a thread of the virtual machine. */
    public static Interrupts listen(Runnable onFirst) {
        return listen(onFirst, () -> {});
    }

    /** As {@link #listen(Runnable)}; {@code onSecond} is called before the second one ends the process, and must be quick. */
    public static Interrupts listen(Runnable onFirst, Runnable onSecond) {
        Interrupts interrupts = new Interrupts(onFirst, onSecond);
        interrupts.listenTo("INT");
        interrupts.listenTo("TERM");
        return interrupts;
    }

    @Override
    public boolean getAsBoolean() {
        return requested.get();
    }

    private void listenTo(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler called = this::called;
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, called);
            Method handle = signal.getMethod("handle", signal, handler);
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // see above: then the signal keeps its usual meaning
        }
    }

    private Object called(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "Interrupts";
            default -> {
                interrupted();
                yield null;
            }
        };
    }

    private void interrupted() {
        if (requested.compareAndSet(false, true)) {
            onFirst.run();
        } else {
            onSecond.run();
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
    }
}
