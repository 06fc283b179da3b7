package dev.tether.core.schedule;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.schedule.LearningRateSchedule.Decay;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LearningRateScheduleTest {
    @Test
    void goldenSchedulesOfTransformers() {
        for (JsonNode golden : GoldenJson.cases("lr_schedules")) {
            String kind = golden.get("kind").asString();
            LearningRateSchedule schedule = new LearningRateSchedule(
                    Decay.valueOf(kind.replace("_with_warmup", "").toUpperCase(java.util.Locale.ROOT)),
                    golden.get("warmup").asLong(),
                    golden.get("total").asLong());
            double[] expected = GoldenJson.vector(golden, "lr_at_step");
            for (int step = 0; step < expected.length; step++) {
                assertClose(kind + " at " + step, schedule.factor(step), expected[step], 1e-9);
            }
        }
    }

    @Test
    void pastTheEndTheScheduleStays() {
        for (Decay decay : Decay.values()) {
            LearningRateSchedule schedule = new LearningRateSchedule(decay, 2, 10);
            assertThat(schedule.factor(11)).isEqualTo(schedule.factor(10));
        }
        assertThat(LearningRateSchedule.constant().factor(1_000_000)).isEqualTo(1);
    }

    @Test
    void theFactorIsAShareOfThePeak() {
        for (Decay decay : Decay.values()) {
            for (int warmup = 0; warmup <= 7; warmup++) {
                LearningRateSchedule schedule = new LearningRateSchedule(decay, warmup, 7);
                for (int step = 0; step < 10; step++) {
                    assertThat(schedule.factor(step)).isBetween(0.0, 1.0);
                }
            }
        }
    }

    @Test
    void aScheduleThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new LearningRateSchedule(Decay.LINEAR, -1, 10))
                .hasMessage("warmup_steps = -1, must be at least 0");
        assertThatThrownBy(() -> new LearningRateSchedule(Decay.LINEAR, 11, 10))
                .hasMessage("total_steps = 10, must be at least 11");
        assertThatThrownBy(() -> LearningRateSchedule.constant().factor(-1))
                .hasMessage("step = -1, must be at least 0");
    }
}
