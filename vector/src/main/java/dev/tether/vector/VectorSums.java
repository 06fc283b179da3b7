package dev.tether.vector;

import dev.tether.core.vocabulary.ScalarSums;
import dev.tether.core.vocabulary.VocabularySums;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Several numbers at a time, by the JDK's Vector API. Short rows, and what is left of long ones, are summed one by one.
 * The loops are written out for each type: a vector that passes through an interface becomes an object.
 */
public final class VectorSums implements VocabularySums {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
    private static final int LANES = DOUBLES.length();
    private static final int LEAST = 256;

    private final ScalarSums scalar = new ScalarSums();

    /** @throws IllegalStateException where this Java's Vector API does not compute what is expected of it */
    public VectorSums() {
        float[] row = new float[LEAST + 1];
        double[] same = new double[row.length];
        for (int v = 0; v < row.length; v++) {
            row[v] = v % 97 / -16f;
            same[v] = row[v];
        }
        requireAgreement(logSumExp(row), scalar.logSumExp(same));
        requireAgreement(kl(same, new double[row.length]), scalar.kl(row, new float[row.length]));
    }

    private static void requireAgreement(double vector, double scalar) {
        if (!(Math.abs(vector - scalar) <= 1e-12 * Math.max(1, Math.abs(scalar)))) {
            throw new IllegalStateException("the Vector API computes " + vector + " where " + scalar + " is right");
        }
    }

    @Override
    public double logSumExp(double[] logits) {
        if (logits.length < LEAST) {
            return scalar.logSumExp(logits);
        }
        int whole = DOUBLES.loopBound(logits.length);
        DoubleVector greatest = DoubleVector.broadcast(DOUBLES, Double.NEGATIVE_INFINITY);
        for (int v = 0; v < whole; v += LANES) {
            greatest = greatest.max(DoubleVector.fromArray(DOUBLES, logits, v));
        }
        double max = greatest.reduceLanes(VectorOperators.MAX);
        for (int v = whole; v < logits.length; v++) {
            max = Math.max(max, logits[v]);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        DoubleVector sums = DoubleVector.zero(DOUBLES);
        for (int v = 0; v < whole; v += LANES) {
            sums = sums.add(DoubleVector.fromArray(DOUBLES, logits, v).sub(max).lanewise(VectorOperators.EXP));
        }
        double sum = sums.reduceLanes(VectorOperators.ADD);
        for (int v = whole; v < logits.length; v++) {
            sum += Math.exp(logits[v] - max);
        }
        return max + Math.log(sum);
    }

    @Override
    public double logSumExp(float[] logits) {
        if (logits.length < LEAST) {
            return scalar.logSumExp(logits);
        }
        int whole = DOUBLES.loopBound(logits.length);
        FloatVector greatest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int v = 0; v < whole; v += LANES) {
            greatest = greatest.max(FloatVector.fromArray(FLOATS, logits, v));
        }
        double max = greatest.reduceLanes(VectorOperators.MAX);
        for (int v = whole; v < logits.length; v++) {
            max = Math.max(max, logits[v]);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        DoubleVector sums = DoubleVector.zero(DOUBLES);
        for (int v = 0; v < whole; v += LANES) {
            sums = sums.add(doubles(logits, v).sub(max).lanewise(VectorOperators.EXP));
        }
        double sum = sums.reduceLanes(VectorOperators.ADD);
        for (int v = whole; v < logits.length; v++) {
            sum += Math.exp(logits[v] - max);
        }
        return max + Math.log(sum);
    }

    @Override
    public double kl(double[] logprobs, double[] refLogprobs) {
        if (logprobs.length < LEAST) {
            return scalar.kl(logprobs, refLogprobs);
        }
        int whole = DOUBLES.loopBound(logprobs.length);
        DoubleVector sums = DoubleVector.zero(DOUBLES);
        for (int v = 0; v < whole; v += LANES) {
            sums = plusTerm(
                    sums,
                    DoubleVector.fromArray(DOUBLES, logprobs, v),
                    DoubleVector.fromArray(DOUBLES, refLogprobs, v));
        }
        double nats = sums.reduceLanes(VectorOperators.ADD);
        for (int v = whole; v < logprobs.length; v++) {
            nats += ScalarSums.term(logprobs[v], refLogprobs[v]);
        }
        return nats;
    }

    @Override
    public double kl(float[] logprobs, float[] refLogprobs) {
        if (logprobs.length < LEAST) {
            return scalar.kl(logprobs, refLogprobs);
        }
        int whole = DOUBLES.loopBound(logprobs.length);
        DoubleVector sums = DoubleVector.zero(DOUBLES);
        for (int v = 0; v < whole; v += LANES) {
            sums = plusTerm(sums, doubles(logprobs, v), doubles(refLogprobs, v));
        }
        double nats = sums.reduceLanes(VectorOperators.ADD);
        for (int v = whole; v < logprobs.length; v++) {
            nats += ScalarSums.term(logprobs[v], refLogprobs[v]);
        }
        return nats;
    }

    private static DoubleVector doubles(float[] values, int v) {
        return (DoubleVector) FloatVector.fromArray(FLOATS, values, v).castShape(DOUBLES, 0);
    }

    private static DoubleVector plusTerm(DoubleVector sums, DoubleVector logprobs, DoubleVector refLogprobs) {
        DoubleVector p = logprobs.lanewise(VectorOperators.EXP);
        return sums.add(p.mul(logprobs.sub(refLogprobs)), p.compare(VectorOperators.GT, 0));
    }

    @Override
    public String describe() {
        return "the Vector API, " + LANES + " numbers at a time";
    }
}
