package dev.tether.torch.optim;

import static org.bytedeco.pytorch.global.torch.parseSchema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/** {@code aten::_fused_adamw_}, its tensor lists built once: a step crosses into native code once. */
final class FusedKernel implements AutoCloseable {
    private final OperatorHandle operator;
    private final List<IValue> tensorLists = new ArrayList<>();
    private final List<IValue> constants;

    /** @param lists parameters, gradients, means and squares, each in the same order */
    @SuppressWarnings("try") // the scope acts by being open
    FusedKernel(List<List<Tensor>> lists, Tensor stepCount, OptimizerSettings settings) {
        try (PointerScope scope = new PointerScope()) {
            operator = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
            lists.forEach(list -> tensorLists.add(boxed(list)));
            tensorLists.add(boxed(List.of()));
            tensorLists.add(boxed(Collections.nCopies(lists.get(0).size(), stepCount)));
            // amsgrad and maximize are off, grad_scale and found_inf absent
            constants = List.of(
                    new IValue(settings.beta1()),
                    new IValue(settings.beta2()),
                    new IValue(settings.weightDecay()),
                    new IValue(settings.epsilon()),
                    new IValue(false),
                    new IValue(false),
                    new IValue(),
                    new IValue());
            operator.retainReference();
            tensorLists.forEach(IValue::retainReference);
            constants.forEach(IValue::retainReference);
        }
    }

    private static IValue boxed(List<Tensor> tensors) {
        GenericList list =
                new GenericList(parseSchema("f(Tensor a) -> Tensor").arguments().type());
        tensors.forEach(tensor -> list.push_back(new IValue(tensor)));
        return new IValue(list);
    }

    /** In the caller's scope; the gradient mode must be off. */
    void call(double learningRate) {
        IValueVector stack = new IValueVector();
        tensorLists.forEach(stack::push_back);
        stack.push_back(new IValue(learningRate));
        constants.forEach(stack::push_back);
        operator.callBoxed(stack);
    }

    @Override
    public void close() {
        operator.close();
        tensorLists.forEach(IValue::close);
        constants.forEach(IValue::close);
    }
}
