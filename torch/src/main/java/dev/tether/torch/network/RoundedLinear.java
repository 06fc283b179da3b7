package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.linear;

import dev.tether.torch.architecture.LinearSpec.Layout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An affine map whose product multiplies numbers rounded to bfloat16; input, output, bias and gradients keep the number
 * type of the weight, and so does the weight itself.
 */
final class RoundedLinear implements Affine {
    private final Tensor weight;
    /** Null for none. */
    private final Tensor bias;

    private final Layout layout;

    RoundedLinear(Tensor weight, Tensor bias, Layout layout) {
        this.weight = weight;
        this.bias = bias;
        this.layout = layout;
    }

    @Override
    public Tensor apply(Tensor x) {
        Tensor rounded = weight.to(ScalarType.BFloat16);
        Tensor product = linear(x.to(ScalarType.BFloat16), layout == Layout.OUTPUTS_FIRST ? rounded : rounded.t());
        return widened(product, x, bias);
    }

    /** The product as numbers of {@code x}'s type, with the bias added. */
    static Tensor widened(Tensor product, Tensor x, Tensor bias) {
        Tensor wide = product.to(x.scalar_type());
        return bias == null ? wide : wide.add(bias);
    }
}
