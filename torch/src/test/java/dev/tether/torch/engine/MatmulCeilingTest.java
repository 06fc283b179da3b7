package dev.tether.torch.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.engine.MatmulCeiling.Engine;
import dev.tether.torch.engine.MatmulCeiling.Product;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatmulCeilingTest {
    @Test
    void aProductIsAMultiplicationAndAnAdditionForEachOfItsTerms() {
        assertThat(new Product(3, 5, 7).flops()).isEqualTo(2 * 3 * 5 * 7);
    }

    @Test
    void eachProductIsTimedByEveryEngineThatKnowsItsNumbers() {
        List<Product> products = List.of(new Product(8, 16, 24), new Product(2, 16, 24));
        assertThat(MatmulCeiling.measure(products, ComputeType.FLOAT32))
                .hasSize(OneDnn.supports(ComputeType.FLOAT32) ? 6 : 2)
                .allMatch(each -> products.contains(each.product()))
                .allMatch(each -> each.gigaflopsPerSecond() > 0 && each.gigaflopsPerSecond() < 1e6);
        assertThat(MatmulCeiling.measure(products, ComputeType.FLOAT64))
                .extracting(MatmulCeiling::engine)
                .containsExactly(Engine.TORCH_MM, Engine.TORCH_MM);
    }

    /** 64 times the work cannot take the same time: the clock runs around the product and not beside it. */
    @Test
    void aLargeProductIsNotMadeInTheTimeOfASmallOne() {
        List<MatmulCeiling> both = MatmulCeiling.measure(
                List.of(new Product(256, 256, 256), new Product(1024, 1024, 1024)), ComputeType.FLOAT32);
        double small = seconds(both, 256);
        double large = seconds(both, 1024);
        assertThat(large / small).isGreaterThan(8);
    }

    private static double seconds(List<MatmulCeiling> all, long rows) {
        return all.stream()
                .filter(each -> each.product().rows() == rows && each.engine() == Engine.TORCH_MM)
                .mapToDouble(each -> each.product().flops() / each.gigaflopsPerSecond())
                .findFirst()
                .orElseThrow();
    }
}
