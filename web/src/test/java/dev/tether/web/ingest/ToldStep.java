package dev.tether.web.ingest;

import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import java.util.Random;

/** A step that a trainer might tell: drawn from its run and number, so that whoever checks can draw it again. */
record ToldStep(long step, double[][] logprobs, double[][] refLogprobs, boolean[][] mask, double[] scores) {

    static ToldStep draw(String run, long step, int sequences, int longest) {
        Random random = new Random(31L * run.hashCode() + step);
        double[][] logprobs = new double[sequences][];
        double[][] refLogprobs = new double[sequences][];
        boolean[][] mask = new boolean[sequences][];
        double[] scores = new double[sequences];
        for (int b = 0; b < sequences; b++) {
            int length = 2 + random.nextInt(longest - 1);
            logprobs[b] = new double[length];
            refLogprobs[b] = new double[length];
            mask[b] = new boolean[length];
            for (int t = 0; t < length; t++) {
                logprobs[b][t] = -3 * random.nextDouble();
                refLogprobs[b][t] = Math.min(0, logprobs[b][t] - 0.2 + 0.4 * random.nextGaussian());
                mask[b][t] = t == 0 || random.nextInt(10) > 0;
            }
            scores[b] = random.nextGaussian();
        }
        return new ToldStep(step, logprobs, refLogprobs, mask, scores);
    }

    LogprobPair pair() {
        return new LogprobPair(logprobs, refLogprobs, ResponseMask.of(mask));
    }

    /** As a trainer posts it. */
    String lines() {
        StringBuilder out = new StringBuilder("{\"step\": " + step + ", \"sequences\": " + scores.length
                + ", \"figures\": {\"entropy\": 1.5, \"learning_rate\": 1e-5}}\n");
        for (int b = 0; b < scores.length; b++) {
            out.append("{\"logprobs\": ").append(list(logprobs[b]));
            out.append(", \"ref_logprobs\": ").append(list(refLogprobs[b])).append(", \"mask\": [");
            for (int t = 0; t < mask[b].length; t++) {
                out.append(t == 0 ? "" : ",").append(mask[b][t] ? 1 : 0);
            }
            out.append("], \"score\": ").append(scores[b]).append(", \"ended\": true, \"prompt\": \"Tell \\u00e9\"");
            out.append(", \"response\": \"word ".repeat(1)).append(b).append("\"}\n");
        }
        return out.toString();
    }

    private static String list(double[] values) {
        return java.util.Arrays.toString(values).replace(" ", "");
    }
}
