package dev.tether.run.journal;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One prompt with its response and what was measured on each token: a row of {@code samples.jsonl}. The arrays of the
 * response all have its length, uncounted tokens included.
 *
 * @param step in which it was sampled
 * @param index within the batch, from 0
 * @param prompt as text
 * @param response as text
 * @param promptIds token ids of the prompt
 * @param responseIds token ids of the response
 * @param logprobs nats, of the policy that sampled
 * @param refLogprobs nats, of the reference
 * @param mask true = counts; in JSON 1 and 0
 * @param score of the reward, as the run used it
 * @param stopReason why the response ended, such as {@code ended} or {@code truncated}
 * @param klNats sum over counted tokens of k1, nats per sequence
 * @param samplingLogprobs nats, of the distribution that was really sampled from (after top-k and top-p), where that is not
 *     the policy's own
 * @param responseTokens text of each response token, as far as the writer knew it
 */
public record SampleRecord(
        long step,
        int index,
        String prompt,
        String response,
        int[] promptIds,
        int[] responseIds,
        double[] logprobs,
        double[] refLogprobs,
        boolean[] mask,
        double score,
        String stopReason,
        double klNats,
        Optional<double[]> samplingLogprobs,
        Optional<List<String>> responseTokens) {
    @JsonCreator
    public SampleRecord {
        Figures.law(step >= 0, "step", step, ">= 0");
        Figures.law(index >= 0, "index", index, ">= 0");
        Figures.law(prompt != null, "prompt", "null", "given");
        Figures.law(response != null, "response", "null", "given");
        Figures.law(promptIds != null, "prompt_ids", "null", "given");
        Figures.law(responseIds != null, "response_ids", "null", "given");
        sameLength("logprobs", logprobs == null ? -1 : logprobs.length, responseIds);
        sameLength("ref_logprobs", refLogprobs == null ? -1 : refLogprobs.length, responseIds);
        sameLength("mask", mask == null ? -1 : mask.length, responseIds);
        Figures.finite("score", score);
        Figures.text("stop_reason", stopReason);
        Figures.finite("kl_nats", klNats);
        samplingLogprobs = samplingLogprobs == null ? Optional.empty() : samplingLogprobs;
        sameLength(
                "sampling_logprobs",
                samplingLogprobs.map(values -> values.length).orElse(responseIds.length),
                responseIds);
        responseTokens = responseTokens == null ? Optional.empty() : responseTokens.map(List::copyOf);
        sameLength("response_tokens", responseTokens.map(List::size).orElse(responseIds.length), responseIds);
    }

    /** With the text of each token of the response. */
    public SampleRecord withResponseTokens(List<String> tokens) {
        return with(samplingLogprobs, Optional.of(tokens));
    }

    /** With the logprobs under the distribution that was really sampled from. */
    public SampleRecord withSamplingLogprobs(double[] logprobs) {
        return with(Optional.of(logprobs), responseTokens);
    }

    private SampleRecord with(Optional<double[]> samplingLogprobs, Optional<List<String>> responseTokens) {
        return new SampleRecord(
                step,
                index,
                prompt,
                response,
                promptIds,
                responseIds,
                logprobs,
                refLogprobs,
                mask,
                score,
                stopReason,
                klNats,
                samplingLogprobs,
                responseTokens);
    }

    /** Sampled from the policy's own distribution, and without the texts of single tokens. */
    public SampleRecord(
            long step,
            int index,
            String prompt,
            String response,
            int[] promptIds,
            int[] responseIds,
            double[] logprobs,
            double[] refLogprobs,
            boolean[] mask,
            double score,
            String stopReason,
            double klNats) {
        this(
                step,
                index,
                prompt,
                response,
                promptIds,
                responseIds,
                logprobs,
                refLogprobs,
                mask,
                score,
                stopReason,
                klNats,
                Optional.empty(),
                Optional.empty());
    }

    private static void sameLength(String name, int length, int[] responseIds) {
        Figures.law(
                length == responseIds.length,
                "length of " + name,
                length,
                responseIds.length + ", that of response_ids");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SampleRecord that
                && step == that.step
                && index == that.index
                && prompt.equals(that.prompt)
                && response.equals(that.response)
                && Arrays.equals(promptIds, that.promptIds)
                && Arrays.equals(responseIds, that.responseIds)
                && Arrays.equals(logprobs, that.logprobs)
                && Arrays.equals(refLogprobs, that.refLogprobs)
                && Arrays.equals(mask, that.mask)
                && Double.compare(score, that.score) == 0
                && stopReason.equals(that.stopReason)
                && Double.compare(klNats, that.klNats) == 0
                && Arrays.equals(samplingLogprobs.orElse(null), that.samplingLogprobs.orElse(null))
                && responseTokens.equals(that.responseTokens);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new Object[] {step, index, prompt, response, Arrays.hashCode(responseIds), score});
    }
}
