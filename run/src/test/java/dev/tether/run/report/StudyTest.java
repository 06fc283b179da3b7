package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.frontier.BestOfNCurve;
import dev.tether.core.frontier.FormComparison;
import dev.tether.core.frontier.FormComparison.Answer;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class StudyTest {
    private static final double START = 0.5;
    private static final DoubleUnaryOperator LOGARITHMIC = d -> START + d * (0.25 - 0.15 * Math.log(d));
    private static final DoubleUnaryOperator LINEAR = d -> START + d * (0.3 - 0.06 * d);

    @Test
    void aPlantedRunIsFittedUpToItsFloorAndItsFormNamed() {
        StudyCurve curve = StudyCurve.ofRun(64, 0, run(LOGARITHMIC, 0.01, 1), START);
        FormComparison forms = curve.forms().orElseThrow();
        assertThat(forms.answer()).isEqualTo(Answer.LOGARITHMIC);
        assertThat(forms.logarithmic().fit().alpha()).isCloseTo(0.25, within(0.02));
        assertThat(forms.logarithmic().fit().beta()).isCloseTo(0.15, within(0.02));
        assertThat(forms.logarithmic().fit().start()).isEqualTo(START);
        // gold is 0 from d = 8.7 on, a quarter of its best at about 8
        assertThat(curve.furthestFitted()).isBetween(45.0, 75.0);
        assertThat(curve.fitted()).isLessThan(curve.gold().length);
        assertThat(StudyCurve.ofRun(64, 0.1, run(LINEAR, 0.01, 2), START)
                        .forms()
                        .orElseThrow()
                        .answer())
                .isEqualTo(Answer.LINEAR);
    }

    @Test
    void thePageHoldsThePlantedFitsAndSaysWhatBecameOfThePapersClaims() {
        Study study = study(LOGARITHMIC);
        assertThat(study.findings().get(0))
                .startsWith("Reinforcement learning: the paper finds R = d(α − β log d)")
                .contains("with 64 preferences the logarithmic form fits better")
                .endsWith("So it is as in the paper.");
        assertThat(study(LINEAR).findings().get(0)).endsWith("So it is the other way round here than in the paper.");
        assertThat(study.findings())
                .anyMatch(finding -> finding.startsWith("Of 1 run with a penalty"))
                .anyMatch(finding -> finding.startsWith("Best of n: the paper finds R = d(α − β d)"))
                .anyMatch(finding -> finding.contains("gold of 1 run with a penalty lies +0.1"));
        String html = new StudyPage(study, List.of("a <fact>")).html();
        assertThat(html)
                .contains("a &lt;fact&gt;", "<th class=\"text\">best of n</th>", "β = 0.1", "too few points")
                .contains("Dashed: the learned reward", "How far each went, 64 preferences")
                .doesNotContain("<script", "NaN", "Infinity");
    }

    @Test
    void aProxyIsShownInTheUnitsOfGold() {
        Study study = study(LOGARITHMIC);
        assertThat(study.inGold(64, 2)).isCloseTo(START, within(1e-12));
        assertThat(study.inGold(64, 2 + 4)).isCloseTo(START + 0.3, within(1e-12));
    }

    @Test
    void theBestOfNIsResampledByPrompt() {
        Random random = new Random(3);
        double[][] proxy = new double[12][256];
        double[][] gold = new double[12][256];
        for (int p = 0; p < proxy.length; p++) {
            for (int i = 0; i < 256; i++) {
                proxy[p][i] = random.nextGaussian();
                gold[p][i] = 0.5 + 0.2 * proxy[p][i] - 0.08 * proxy[p][i] * proxy[p][i] + 0.1 * random.nextGaussian();
            }
        }
        StudyCurve curve =
                StudyCurve.ofBestOf(64, BestOfNCurve.of(proxy, gold, List.of(1, 2, 4, 8, 12, 16, 32, 64, 128)));
        assertThat(curve.isRun()).isFalse();
        assertThat(curve.name()).isEqualTo("best of n");
        FormComparison forms = curve.forms().orElseThrow();
        assertThat(forms.linear().fit().start()).isEqualTo(curve.gold()[0]);
        assertThat(forms.linear().alpha().contains(forms.linear().fit().alpha()))
                .isTrue();
        assertThat(forms.linear().alpha().high())
                .isGreaterThan(forms.linear().alpha().low());
    }

    private static Study study(DoubleUnaryOperator truth) {
        StudyCurve free = StudyCurve.ofRun(64, 0, run(truth, 0.005, 1), START);
        StudyCurve held = StudyCurve.ofRun(64, 0.1, run(d -> truth.applyAsDouble(d) + 0.1, 0.005, 2), START);
        double[][] pool = {{1, 2, 3, 4}, {0, 1, 2, 3}};
        StudyCurve best = StudyCurve.ofBestOf(64, BestOfNCurve.of(pool, pool, List.of(1, 2)));
        return new Study(START, 0.3, List.of(new Study.Learned(64, 0.7, 2, 4)), List.of(free, held, best));
    }

    /** KL grows by a twelfth each step; gold has its floor at 0. */
    private static List<StepRecord> run(DoubleUnaryOperator truth, double sd, int seed) {
        Random random = new Random(seed);
        List<StepRecord> steps = new ArrayList<>();
        double nats = 0.05;
        for (int step = 1; step <= 100; step++, nats *= 1.083) {
            double gold = Math.max(0, truth.applyAsDouble(Math.sqrt(nats)) + sd * random.nextGaussian());
            steps.add(StepRecord.builder(step)
                    .score(new Distribution(step, 0, step, step))
                    .goldScore(new Distribution(gold, 0, gold, gold))
                    .referenceKl(Rows.kl(nats / 48, nats, 0, 0, nats))
                    .build());
        }
        return steps;
    }
}
