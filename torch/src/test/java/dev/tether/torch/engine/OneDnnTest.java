package dev.tether.torch.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OneDnnTest {
    @BeforeEach
    void start() {
        TorchEngine.ensureStarted();
        assumeTrue(OneDnn.supports(ComputeType.FLOAT32), "this libtorch has no oneDNN");
    }

    @Test
    void productsEqualThoseOfTorch() {
        Scoped.runWithoutGradients(() -> {
            Tensor weight = torch.randn(300, 70);
            Tensor bias = torch.randn(300);
            Tensor packed = OneDnn.pack(weight, 8);
            for (long rows : new long[] {1, 7, 8, 65}) {
                Tensor x = torch.randn(rows, 1, 70);
                Tensor plain = torch.linear(x, weight);
                Tensor biased = torch.linear(x, weight, new TensorOptional(bias));
                assertThat(distance(OneDnn.linear(x, weight, null), plain)).isLessThan(1e-4);
                assertThat(distance(OneDnn.linear(x, packed, null), plain)).isLessThan(1e-4);
                assertThat(distance(OneDnn.linear(x, packed, bias), biased)).isLessThan(1e-4);
            }
        });
    }

    @Test
    void aPackedWeightIsACopy() {
        Scoped.runWithoutGradients(() -> {
            Tensor weight = torch.randn(64, 64);
            Tensor x = torch.randn(4, 64);
            Tensor before = torch.linear(x, weight);
            Tensor packed = OneDnn.pack(weight, 4);
            weight.zero_();
            assertThat(distance(OneDnn.linear(x, packed, null), before)).isLessThan(1e-4);
        });
    }

    @Test
    void doublePrecisionIsNotClaimed() {
        assertThat(OneDnn.supports(ComputeType.FLOAT64)).isFalse();
    }

    private static double distance(Tensor left, Tensor right) {
        return left.sub(right).abs().max().item_double();
    }
}
