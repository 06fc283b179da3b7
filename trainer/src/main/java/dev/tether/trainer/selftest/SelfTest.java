package dev.tether.trainer.selftest;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.selftest.SelfTestReport.Suspect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Before the first update policy and reference are the same model, so their log-probabilities of the same tokens must
 * agree to rounding, however the batch is padded, ordered or split. Where they do not, a few more calls tell the class of
 * the cause.
 */
public final class SelfTest {
    /** Whether the reference is meant to have the policy's weights. */
    public enum Expectation {
        /** KL must be 0. */
        SAME_WEIGHTS,
        /** The reference is another model on purpose: only the invariances are tested. */
        OTHER_WEIGHTS
    }

    private static final double[] TEMPERATURES = {0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.25, 1.4286, 1.5, 2.0};

    private final Function<TokenBatch, double[][]> policy;
    private final ReferenceModel reference;
    private final double temperature;
    private final double tolerance;

    /**
     * A test of two models.
     *
     * @param temperature at which the run reads log-probabilities
     * @param toleranceNats what rounding may explain in one token
     */
    public SelfTest(PolicyModel policy, ReferenceModel reference, double temperature, double toleranceNats) {
        this.policy = batch -> policy.evaluate(batch, temperature).logprobs();
        this.reference = reference;
        this.temperature = temperature;
        this.tolerance = toleranceNats;
    }

    /**
     * Tests on a batch that the policy has just sampled.
     *
     * @param rolloutLogprobs [B][T] nats, what the sampler said of its own tokens; empty where it sampled from a
     *     truncated distribution and cannot agree
     */
    public SelfTestReport run(TokenBatch batch, Optional<double[][]> rolloutLogprobs, Expectation expectation) {
        double[][] ours = policy.apply(batch);
        double[][] theirs = reference.logprobs(batch, temperature);
        ResponseMask mask = batch.responseMask();
        List<Suspect> suspects = new ArrayList<>();
        invariances("policy", policy, batch, ours).ifPresent(suspects::add);
        invariances("reference", b -> reference.logprobs(b, temperature), batch, theirs)
                .ifPresent(suspects::add);
        double disagreement = Disagreement.max(ours, theirs, mask);
        if (expectation == Expectation.SAME_WEIGHTS && disagreement > tolerance) {
            suspects.addAll(explain(batch, ours, theirs));
        }
        rolloutLogprobs
                .map(sampled -> Disagreement.max(sampled, ours, mask))
                .filter(worst -> worst > tolerance)
                .ifPresent(worst -> suspects.add(new Suspect(
                        Cause.SAMPLER, String.format("sampler and policy differ by up to %.3g nats", worst))));
        return new SelfTestReport(disagreement, tolerance, suspects);
    }

    /** The first invariance that a model breaks: called twice, each row alone, rows in reverse. */
    private Optional<Suspect> invariances(
            String who, Function<TokenBatch, double[][]> model, TokenBatch batch, double[][] first) {
        ResponseMask mask = batch.responseMask();
        double twice = Disagreement.max(first, model.apply(batch), mask);
        if (twice > tolerance) {
            return suspect(Cause.DROPOUT, "the %s called twice differs by up to %.3g nats", who, twice);
        }
        double alone = Disagreement.max(first, rowByRow(model, batch), mask);
        if (alone > tolerance) {
            return suspect(Cause.PADDING, "the %s, alone and in a batch, differs by up to %.3g nats", who, alone);
        }
        double reversed = Disagreement.max(first, reversed(model, batch), mask);
        if (reversed > tolerance) {
            return suspect(Cause.BATCH_SHAPE, "the %s, rows reversed, differs by up to %.3g nats", who, reversed);
        }
        return Optional.empty();
    }

    private List<Suspect> explain(TokenBatch batch, double[][] ours, double[][] theirs) {
        List<Suspect> suspects = new ArrayList<>();
        temperature(batch, ours).ifPresent(suspects::add);
        TokenConcentration.of(batch, ours, theirs, tolerance)
                .map(evidence -> new Suspect(Cause.TOKENIZER, evidence))
                .ifPresent(suspects::add);
        double typical = Disagreement.mean(ours, theirs, batch.responseMask());
        Cause likelier = typical < 0.02 ? Cause.DTYPE : Cause.WEIGHTS;
        String evidence = String.format("they differ by %.3g nats per token in the mean", typical);
        suspects.add(new Suspect(likelier, evidence));
        suspects.add(new Suspect(likelier == Cause.DTYPE ? Cause.WEIGHTS : Cause.DTYPE, evidence));
        return suspects;
    }

    /** Does the reference agree once it is read at some other temperature? */
    private Optional<Suspect> temperature(TokenBatch batch, double[][] ours) {
        double typical = Disagreement.mean(ours, reference.logprobs(batch, temperature), batch.responseMask());
        double bestFactor = 1;
        double best = typical;
        for (double factor : TEMPERATURES) {
            double rest =
                    Disagreement.mean(ours, reference.logprobs(batch, temperature * factor), batch.responseMask());
            if (rest < best) {
                best = rest;
                bestFactor = factor;
            }
        }
        return best < 0.05 * typical
                ? suspect(
                        Cause.TEMPERATURE,
                        "read at %s times the temperature, the reference agrees to %.2g nats",
                        trimmed(bestFactor),
                        best)
                : Optional.empty();
    }

    private static double[][] rowByRow(Function<TokenBatch, double[][]> model, TokenBatch batch) {
        double[][] rows = new double[batch.sequences()][];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = model.apply(batch.rows(b))[0];
        }
        return rows;
    }

    private static double[][] reversed(Function<TokenBatch, double[][]> model, TokenBatch batch) {
        int[] order = new int[batch.sequences()];
        Arrays.setAll(order, i -> order.length - 1 - i);
        double[][] backwards = model.apply(batch.rows(order));
        double[][] rows = new double[order.length][];
        Arrays.setAll(rows, i -> backwards[order.length - 1 - i]);
        return rows;
    }

    private static Optional<Suspect> suspect(Cause cause, String evidence, Object... figures) {
        return Optional.of(new Suspect(cause, String.format(evidence, figures)));
    }

    private static String trimmed(double factor) {
        return factor == Math.rint(factor) ? Long.toString((long) factor) : Double.toString(factor);
    }
}
