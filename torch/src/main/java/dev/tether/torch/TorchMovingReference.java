package dev.tether.torch;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.train.WeightsFile;
import dev.tether.trainer.model.MovingReference;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A reference on libtorch that follows a policy on libtorch of the same layout. */
public final class TorchMovingReference implements MovingReference {
    private final TorchReferenceModel model;

    TorchMovingReference(TorchReferenceModel model) {
        this.model = model;
    }

    @Override
    public double[][] logprobs(TokenBatch batch, double temperature) {
        return model.logprobs(batch, temperature);
    }

    @Override
    public void moveTowards(PolicyModel policy, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share = " + share + ", must be in (0, 1]");
        }
        CausalLm mover = ((TorchPolicyModel) policy).network();
        if (mover.lowRank().isPresent()) {
            throw new IllegalArgumentException(
                    "a reference cannot follow a policy with an adapter, whose weights stand still");
        }
        Map<String, Tensor> goal = mover.parameters();
        Scoped.computeWithoutGradients(() -> {
            model.network().parameters().forEach((name, weight) -> move(weight, goal.get(name), share));
            return goal.size();
        });
    }

    private static void move(Tensor weight, Tensor goal, double share) {
        Scoped.run(() -> {
            if (share == 1) {
                weight.copy_(goal);
            } else {
                weight.lerp_(goal, new Scalar(share));
            }
        });
    }

    @Override
    public String fingerprint() {
        return WeightFingerprint.of(network().parameters());
    }

    @Override
    public void saveWeights(Path directory) throws IOException {
        WeightsFile.save(directory, network().parameters());
    }

    @Override
    public void restoreWeights(Path directory) {
        WeightsFile.restore(directory, network().parameters());
    }

    /** Still owned by this model. */
    CausalLm network() {
        return model.network();
    }

    @Override
    public void close() {
        model.close();
    }
}
