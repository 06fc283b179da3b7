package dev.tether.torch.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.run.InputException;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class DevicesTest {
    @Test
    void theCpuIsAlwaysThere() {
        Devices.require("cpu");
        assertThat(Devices.gpus()).isNotNegative();
    }

    @Test
    void aGpuThatIsNotThereIsRefusedInOneLine() {
        assumeTrue(Devices.gpus() == 0, "there is a GPU here");
        for (String device : new String[] {"cuda", "cuda:1"}) {
            assertThatThrownBy(() -> Devices.require(device))
                    .isInstanceOf(InputException.class)
                    .hasMessage("model.device = " + device
                            + ": libtorch finds no GPU here (an ordinary build has no CUDA); set it to cpu");
        }
    }

    @Test
    void aGpuThatIsThereIsRefusedForAnotherReason() {
        assumeTrue(Devices.gpus() > 0, "there is no GPU here, or this build has no CUDA (-Pcuda)");
        assertThatThrownBy(() -> Devices.require("cuda"))
                .isInstanceOf(InputException.class)
                .hasMessage("model.device = cuda: training on a GPU is not supported yet; set it to cpu");
    }

    @Test
    void aGpuComputesWhatTheCpuDoes() {
        assumeTrue(Devices.gpus() > 0, "there is no GPU here, or this build has no CUDA (-Pcuda)");
        double[][] products = new double[2][];
        Scoped.runWithoutGradients(() -> {
            Tensor left = torch.randn(64, 32);
            Tensor right = torch.randn(32, 48);
            products[0] = Tensors.toDoubles(torch.matmul(left, right));
            products[1] =
                    Tensors.toDoubles(torch.matmul(left.cuda(), right.cuda()).cpu());
        });
        assertThat(products[1]).containsExactly(products[0], within(1e-3));
        assertThat(Arrays.stream(products[0]).map(Math::abs).max().orElseThrow())
                .isGreaterThan(1);
    }
}
