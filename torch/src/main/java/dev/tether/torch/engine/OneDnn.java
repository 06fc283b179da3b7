package dev.tether.torch.engine;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Matrix products by oneDNN, which uses all of torch's threads where the BLAS inside torch is held to one, and can lay
 * out a weight once for many products. Same precision; single precision only; without gradients.
 */
public final class OneDnn {
    private static final OneDnn INSTANCE = load();

    private final OperatorHandle linear;
    private final OperatorHandle reorder;
    private final IValue none;
    private final IValue noActivation;
    private final IValue noArguments;

    private OneDnn() {
        linear = Scoped.forever(Dispatcher.singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", ""));
        reorder = Scoped.forever(Dispatcher.singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", ""));
        none = Scoped.forever(new IValue());
        noActivation = Scoped.forever(new IValue("none"));
        noArguments = Scoped.forever(new IValue(new GenericList(
                torch.parseSchema("f(Scalar? a) -> Tensor").arguments().type())));
    }

    /** Null where this libtorch has no oneDNN, or it does not compute what torch's own product does. */
    private static OneDnn load() {
        TorchEngine.ensureStarted();
        try {
            return Scoped.computeWithoutGradients(() -> {
                OneDnn oneDnn = new OneDnn();
                Tensor x = torch.arange(scalar(12)).to(ScalarType.Float).view(3, 4);
                Tensor weight = torch.arange(scalar(20)).to(ScalarType.Float).view(5, 4);
                Tensor expected = torch.linear(x, weight);
                boolean right =
                        oneDnn.product(x, oneDnn.packed(weight, 3), null).equal(expected);
                return right ? oneDnn : null;
            });
        } catch (RuntimeException e) {
            return null; // an operator is missing: torch's own product is used
        }
    }

    private static org.bytedeco.pytorch.Scalar scalar(long value) {
        return new org.bytedeco.pytorch.Scalar(value);
    }

    /** Whether {@link #linear} can be called on tensors of this type. */
    public static boolean supports(ComputeType computeType) {
        return INSTANCE != null && computeType == ComputeType.FLOAT32;
    }

    /**
     * x · weightᵀ + bias, in the caller's scope.
     *
     * @param weight [outputs][inputs], as it is or {@linkplain #pack packed}
     * @param bias [outputs], or null
     */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return Scoped.handOver(() -> INSTANCE.product(x, weight, bias));
    }

    /** A copy of {@code weight} laid out for products with about {@code rows} rows, in the caller's scope. */
    public static Tensor pack(Tensor weight, long rows) {
        return Scoped.handOver(() -> INSTANCE.packed(weight, rows));
    }

    private Tensor product(Tensor x, Tensor weight, Tensor bias) {
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(x));
        stack.push_back(new IValue(weight));
        stack.push_back(bias == null ? none : new IValue(bias));
        stack.push_back(noActivation);
        stack.push_back(noArguments);
        stack.push_back(none);
        linear.callBoxed(stack);
        return new Tensor(stack.get(0).toTensor()); // the stack owns the one it returns
    }

    private Tensor packed(Tensor weight, long rows) {
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(weight));
        stack.push_back(new IValue(rows));
        reorder.callBoxed(stack);
        return new Tensor(stack.get(0).toTensor()); // the stack owns the one it returns
    }
}
