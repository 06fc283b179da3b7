package dev.tether.core.kl;

import dev.tether.core.law.Require;
import dev.tether.core.stats.StudentT;
import java.util.List;

/**
 * Whether a KL figure differs from zero by more than its own error explains: Student's t with one degree less than there
 * are sequences. "The KL is negative" is thereby either noise or a finding.
 *
 * @param verdict what the test says
 * @param t nats / standard error; 0 when the error is unknown
 * @param pValue probability that chance alone strays as far to that side; 1 when the error is unknown
 * @param sentence the verdict in words
 * @param likelyCauses of a negative KL, most frequent first; empty otherwise
 */
public record KlSignificance(
        Verdict verdict, double t, double pValue, String sentence, List<NegativeKlCause> likelyCauses) {
    /** 1 false alarm in 1000. */
    public static final double DEFAULT_FALSE_ALARM_RATE = 1e-3;

    /** The four answers. */
    public enum Verdict {
        /** Above zero by more than noise: the two distributions differ. */
        POSITIVE,
        /** No different from zero. */
        NOISE,
        /** Below zero by more than noise, which no KL can be: something is wrong. */
        NEGATIVE,
        /** The error is not known, so nothing can be said. */
        UNKNOWN
    }

    public KlSignificance {
        likelyCauses = List.copyOf(likelyCauses);
    }

    /** At {@link #DEFAULT_FALSE_ALARM_RATE}. */
    public static KlSignificance of(KlFigure figure) {
        return of(figure, DEFAULT_FALSE_ALARM_RATE);
    }

    /**
     * Tests one figure.
     *
     * @param falseAlarmRate how often a true zero may be called POSITIVE, and how often NEGATIVE; in (0, 0.5)
     */
    public static KlSignificance of(KlFigure figure, double falseAlarmRate) {
        Require.that(falseAlarmRate > 0 && falseAlarmRate < 0.5, "false_alarm_rate", falseAlarmRate, "in (0, 0.5)");
        if (!figure.type().measure().mayBeNegative() && figure.nats() < 0) {
            return impossible(figure);
        }
        if (!Double.isFinite(figure.standardError()) || !Double.isFinite(figure.nats()) || figure.sequences() < 2) {
            String sentence = "the error of " + figure.label() + " is not known: " + figure.nats()
                    + " can be told neither from zero nor from noise";
            return new KlSignificance(Verdict.UNKNOWN, 0, 1, sentence, List.of());
        }
        double t = figure.nats() == 0 ? 0 : figure.nats() / figure.standardError();
        double pValue = StudentT.upperTail(Math.abs(t), figure.sequences() - 1.0);
        if (pValue >= falseAlarmRate) {
            String sentence =
                    figure.label() + " is " + withError(figure) + ": no different from zero (p = " + pValue + ")";
            return new KlSignificance(Verdict.NOISE, t, pValue, sentence, List.of());
        }
        return t > 0 ? positive(figure, t, pValue) : negative(figure, t, pValue);
    }

    private static KlSignificance positive(KlFigure figure, double t, double pValue) {
        String sentence = figure.label() + " is " + withError(figure) + ": above zero (p = " + pValue + ")";
        return new KlSignificance(Verdict.POSITIVE, t, pValue, sentence, List.of());
    }

    private static KlSignificance negative(KlFigure figure, double t, double pValue) {
        String sentence = figure.label() + " is " + withError(figure) + ": below zero by more than noise (p = " + pValue
                + "), which no KL can be; likely " + NegativeKlCause.values()[0].sentence();
        return new KlSignificance(Verdict.NEGATIVE, t, pValue, sentence, List.of(NegativeKlCause.values()));
    }

    private static KlSignificance impossible(KlFigure figure) {
        String sentence = figure.label() + " is " + figure.nats()
                + ", below zero although no single value of that estimator can be: the number is not what its name says";
        return new KlSignificance(Verdict.NEGATIVE, Double.NEGATIVE_INFINITY, 0, sentence, List.of());
    }

    private static String withError(KlFigure figure) {
        return figure.nats() + " ± " + figure.standardError();
    }
}
