package dev.tether.torch.engine;

import dev.tether.run.InputException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch, loaded once in a process. torch runs its own threads; OpenBLAS inside it must have one, or both pools spin
 * on the same cores and everything is several times slower.
 */
public final class TorchEngine {
    static {
        // Read when the first native class loads: without them every allocation reads /proc, and registers a reference
        setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        setDefault("org.bytedeco.javacpp.nopointergc", "true");
    }

    private static boolean started;
    private static Crew crew;

    private TorchEngine() {}

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Loads libtorch with one thread per core, unless it is loaded already. */
    public static void ensureStarted() {
        if (!started) {
            start(0);
        }
    }

    /**
     * Loads libtorch.
     *
     * @param threads of torch; 0 = one per core
     * @throws InputException where there is no libtorch for this platform, or it cannot be loaded
     */
    public static synchronized void start(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads = " + threads + ", must be >= 0 (0 = one per core)");
        }
        int wanted = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        load();
        openblas_full.openblas_set_num_threads(1);
        torch.set_num_threads(wanted);
        started = true;
        if (crew == null || crew.size() != wanted) {
            crew = new Crew(wanted, wanted);
        }
    }

    /** As many threads as torch has, for work that is shared by rows. */
    public static Crew crew() {
        ensureStarted();
        return crew;
    }

    /**
     * {@link #start(int)} for models on {@code device}.
     *
     * @throws InputException also where models cannot be trained on it: see {@link Devices#require}
     */
    public static void start(int threads, String device) {
        start(threads);
        Devices.require(device);
    }

    private static void load() {
        try {
            Loader.load(openblas_full.class);
            Loader.load(torch.class);
        } catch (LinkageError e) {
            throw new InputException(
                    "libtorch cannot be loaded on " + Loader.getPlatform() + ": " + e.getMessage()
                            + "; the class path must hold org.bytedeco:pytorch, openblas and javacpp with the classifier "
                            + Loader.getPlatform(),
                    e);
        }
    }
}
