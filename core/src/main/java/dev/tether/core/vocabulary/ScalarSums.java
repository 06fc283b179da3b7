package dev.tether.core.vocabulary;

/** One number after another: what every other implementation is held to. */
public final class ScalarSums implements VocabularySums {
    /** Has no state. */
    public ScalarSums() {}

    @Override
    public double logSumExp(double[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            max = Math.max(max, logit);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    @Override
    public double logSumExp(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    @Override
    public double kl(double[] logprobs, double[] refLogprobs) {
        double nats = 0;
        for (int v = 0; v < logprobs.length; v++) {
            nats += term(logprobs[v], refLogprobs[v]);
        }
        return nats;
    }

    @Override
    public double kl(float[] logprobs, float[] refLogprobs) {
        double nats = 0;
        for (int v = 0; v < logprobs.length; v++) {
            nats += term(logprobs[v], refLogprobs[v]);
        }
        return nats;
    }

    /** p (log p − log q) nats of one token; 0 where p cannot draw it. */
    public static double term(double logprob, double refLogprob) {
        double p = Math.exp(logprob);
        return p > 0 ? p * (logprob - refLogprob) : 0;
    }

    @Override
    public String describe() {
        return "one number after another";
    }
}
