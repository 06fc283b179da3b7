package dev.tether.torch.engine;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What the native engine is on this machine.
 *
 * @param version of libtorch and its presets
 * @param cpuCapability the instructions that torch's own kernels use
 * @param threads of torch
 * @param blas the kernels that OpenBLAS chose for matrix products
 * @param blasThreads of OpenBLAS
 * @param hasGpu whether torch can compute on a GPU
 * @param gigaflopsPerSecond of a 1024 × 1024 product in 32 bits, 10⁹ operations per second
 */
public record EngineFacts(
        String version,
        String cpuCapability,
        int threads,
        String blas,
        int blasThreads,
        boolean hasGpu,
        double gigaflopsPerSecond) {
    private static final int SIDE = 1024;
    private static final int WARM_UP = 3;
    private static final long NANOS = 300_000_000L;

    /** Takes about half a second; libtorch is started where it was not. */
    public static EngineFacts measure() {
        TorchEngine.ensureStarted();
        return new EngineFacts(
                nativeVersion(),
                torch.get_cpu_capability().getString(),
                torch.get_num_threads(),
                openblas_full.openblas_get_corename().getString(),
                openblas_full.openblas_get_num_threads(),
                torch.cuda_is_available(),
                Scoped.computeWithoutGradients(EngineFacts::matrixProduct));
    }

    private static String nativeVersion() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            return "of unknown version";
        }
    }

    private static double matrixProduct() {
        Tensor left = torch.randn(SIDE, SIDE);
        Tensor right = torch.randn(SIDE, SIDE);
        for (int i = 0; i < WARM_UP; i++) {
            torch.matmul(left, right).close();
        }
        long start = System.nanoTime();
        long products = 0;
        while (System.nanoTime() - start < NANOS) {
            torch.matmul(left, right).close();
            products++;
        }
        return 2.0 * SIDE * SIDE * SIDE * products / (System.nanoTime() - start);
    }
}
