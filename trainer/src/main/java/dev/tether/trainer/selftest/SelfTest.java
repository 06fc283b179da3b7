package dev.tether.trainer.selftest;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Disagreement;
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

    /** Another temperature explains a disagreement that all but vanishes at it. */
    private static final double EXPLAINED = 0.05;

    /** Rounded weights seldom move a log-probability by more, nats. */
    private static final double ROUNDED = 0.02;

    /** Further apart than this, mean nats, no rounding whatever is to blame. */
    private static final double UNRELATED = 0.2;

    /** Log-probabilities [B][T] at a temperature. */
    private interface Model {
        double[][] logprobs(TokenBatch batch, double temperature);
    }

    private final Model policy;
    private final Model reference;
    private final double temperature;
    private final double tolerance;

    /**
     * A test of two models.
     *
     * @param temperature at which the run reads log-probabilities
     * @param toleranceNats what rounding may explain in one token
     */
    public SelfTest(PolicyModel policy, ReferenceModel reference, double temperature, double toleranceNats) {
        this.policy = (batch, t) -> policy.evaluate(batch, t).logprobs();
        this.reference = reference::logprobs;
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
        double[][] ours = policy.logprobs(batch, temperature);
        double[][] theirs = reference.logprobs(batch, temperature);
        ResponseMask mask = batch.responseMask();
        List<Suspect> suspects = new ArrayList<>();
        invariances("policy", read(policy), batch, ours).ifPresent(suspects::add);
        invariances("reference", read(reference), batch, theirs).ifPresent(suspects::add);
        double disagreement = Disagreement.max(ours, theirs, mask);
        if (expectation == Expectation.SAME_WEIGHTS && disagreement > tolerance) {
            suspects.addAll(explain(batch, ours, theirs));
        }
        rolloutLogprobs
                .map(sampled -> Disagreement.max(sampled, ours, mask))
                .filter(worst -> worst > tolerance)
                .ifPresent(worst -> suspects.add(new Suspect(
                        Cause.SAMPLER, String.format("sampler and policy differ by up to %.3g nats", worst))));
        return new SelfTestReport(expectation, disagreement, tolerance, suspects);
    }

    private Function<TokenBatch, double[][]> read(Model model) {
        return batch -> model.logprobs(batch, temperature);
    }

    /** The first invariance that a model breaks: called twice, each row alone, rows in reverse. */
    private Optional<Suspect> invariances(
            String who, Function<TokenBatch, double[][]> model, TokenBatch batch, double[][] first) {
        ResponseMask mask = batch.responseMask();
        double twice = Disagreement.max(first, model.apply(batch), mask);
        if (twice > tolerance) {
            return suspect(Cause.DROPOUT, "the %s called twice differs by up to %.3g nats", who, twice);
        }
        TokenBatch ragged = ragged(batch);
        double alone = Disagreement.max(model.apply(ragged), rowByRow(model, ragged), mask);
        if (alone > tolerance) {
            return suspect(Cause.PADDING, "the %s, alone and in a batch, differs by up to %.3g nats", who, alone);
        }
        double reversed = Disagreement.max(first, reversed(model, batch), mask);
        if (reversed > tolerance) {
            return suspect(Cause.BATCH_SHAPE, "the %s, rows reversed, differs by up to %.3g nats", who, reversed);
        }
        return Optional.empty();
    }

    /** Every other prompt without its first half: prompts of one length would need no padding, and hide its faults. */
    private static TokenBatch ragged(TokenBatch batch) {
        int[][] prompts = batch.prompts().clone();
        for (int b = 1; b < prompts.length; b += 2) {
            prompts[b] = Arrays.copyOfRange(prompts[b], prompts[b].length / 2, prompts[b].length);
        }
        return new TokenBatch(prompts, batch.responses(), batch.responseMask());
    }

    private List<Suspect> explain(TokenBatch batch, double[][] ours, double[][] theirs) {
        List<Suspect> suspects = new ArrayList<>();
        double typical = Disagreement.mean(ours, theirs, batch.responseMask());
        temperature(batch, ours, theirs, typical).ifPresent(suspects::add);
        new TokenProbe(read(policy), read(reference), tolerance)
                .evidence(batch)
                .map(evidence -> new Suspect(Cause.TOKENIZER, evidence))
                .ifPresent(suspects::add);
        String evidence = String.format("they differ by %.3g nats per token in the mean", typical);
        likeliest(typical).stream()
                .filter(cause -> suspects.stream().noneMatch(suspect -> suspect.cause() == cause))
                .forEach(cause -> suspects.add(new Suspect(cause, evidence)));
        return suspects;
    }

    /** What is left when nothing was found out, by the size of the disagreement. */
    private static List<Cause> likeliest(double typical) {
        if (typical < ROUNDED) {
            return List.of(Cause.DTYPE, Cause.WEIGHTS);
        }
        return typical < UNRELATED ? List.of(Cause.WEIGHTS, Cause.DTYPE) : List.of(Cause.WEIGHTS, Cause.TOKENIZER);
    }

    /** Do they agree once one of them is read at some other temperature? Either may be deaf to the one it is given. */
    private Optional<Suspect> temperature(TokenBatch batch, double[][] ours, double[][] theirs, double typical) {
        ResponseMask mask = batch.responseMask();
        TemperatureFit ofReference =
                TemperatureFit.of(factor -> reference.logprobs(batch, factor * temperature), ours, mask);
        TemperatureFit ofPolicy =
                TemperatureFit.of(factor -> policy.logprobs(batch, factor * temperature), theirs, mask);
        boolean atReference = ofReference.natsPerToken() <= ofPolicy.natsPerToken();
        TemperatureFit fit = atReference ? ofReference : ofPolicy;
        return fit.natsPerToken() < EXPLAINED * typical
                ? suspect(
                        Cause.TEMPERATURE,
                        "the %s read at %.3g times the temperature, they agree to %.2g nats",
                        atReference ? "reference" : "policy",
                        fit.factor(),
                        fit.natsPerToken())
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
}
