package dev.tether.torch.engine;

import dev.tether.run.InputException;
import org.bytedeco.pytorch.global.torch;

/** What computes: as yet the CPU alone. */
public final class Devices {
    /** The CPU, in libtorch's words. */
    public static final String CPU = "cpu";

    private Devices() {}

    /** GPUs that libtorch can compute on; 0 also where it was built without CUDA. */
    public static int gpus() {
        TorchEngine.ensureStarted();
        return torch.cuda_is_available() ? Math.toIntExact(torch.cuda_device_count()) : 0;
    }

    /**
     * Lets the CPU pass.
     *
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @throws InputException for every other: where there is no GPU, and where there is one, as training on it is not there yet
     */
    public static void require(String device) {
        if (device.equals(CPU)) {
            return;
        }
        throw new InputException("model.device = " + device + ": "
                + (gpus() == 0
                        ? "libtorch finds no GPU here (an ordinary build has no CUDA)"
                        : "training on a GPU is not supported yet")
                + "; set it to " + CPU);
    }
}
