package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.logsumexp;

import dev.tether.torch.engine.Tensors;
import dev.tether.torch.generation.LogitWarper;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Both models' logprobs of chosen tokens within the tokens that a warper leaves to the policy. */
record TruncatedReader(BothModels models, LogitWarper warper) {
    private static final long[] LAST = {-1};
    private static final Scalar NOTHING = new Scalar(Double.NEGATIVE_INFINITY);

    TruncatedLogprobs read(TokenBatch batch) {
        double[][][] both = models.read(batch, this::within);
        return new TruncatedLogprobs(both[0], both[1]);
    }

    private double[][] within(Tensor logits, Tensor refLogits, Tensor targets) {
        Tensor index = targets.unsqueeze(1);
        Tensor cut = warper.apply(logits).eq(NOTHING).scatter_(1, index, new Scalar(0));
        return new double[][] {normalized(logits, cut, index), normalized(refLogits, cut, index)};
    }

    /** Logprobs [n] of the targets at the warper's temperature, normalised over what is not cut. */
    private double[] normalized(Tensor logits, Tensor cut, Tensor index) {
        Tensor scaled = logits.div(new Scalar(warper.temperature()));
        Tensor kept = scaled.masked_fill(cut, NOTHING);
        return Tensors.toDoubles(scaled.gather(1, index).squeeze(1).sub(logsumexp(kept, LAST)));
    }
}
