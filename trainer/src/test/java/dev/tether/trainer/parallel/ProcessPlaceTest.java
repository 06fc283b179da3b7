package dev.tether.trainer.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessPlaceTest {
    private static final Map<String, String> TORCHRUN = Map.of(
            "RANK", "3",
            "WORLD_SIZE", "4",
            "LOCAL_RANK", "1",
            "LOCAL_WORLD_SIZE", "2",
            "MASTER_ADDR", "node-0",
            "MASTER_PORT", "29500");

    @Test
    void torchrunsVariablesSayWhereAProcessStands() {
        ProcessPlace place = ProcessPlace.of(TORCHRUN).orElseThrow();
        assertThat(place.rank()).isEqualTo(3);
        assertThat(place.count()).isEqualTo(4);
        assertThat(place.onThisMachine()).isEqualTo(2);
        assertThat(place.address()).isEqualTo("node-0");
        assertThat(place.port()).isEqualTo(29500);
        assertThat(place.keepsTheStore()).isFalse();
    }

    @Test
    void theFirstProcessKeepsTheStoreUnlessTorchrunsAgentDoes() {
        Map<String, String> first = with("RANK", "0");
        assertThat(ProcessPlace.of(first).orElseThrow().keepsTheStore()).isTrue();
        first.put("TORCHELASTIC_USE_AGENT_STORE", "True");
        first.put("TORCHELASTIC_RESTART_COUNT", "2");
        ProcessPlace elastic = ProcessPlace.of(first).orElseThrow();
        assertThat(elastic.keepsTheStore()).isFalse();
        assertThat(elastic.agentAttempt()).contains("2");
    }

    @Test
    void aProcessByItselfHasNoPlace() {
        assertThat(ProcessPlace.of(Map.of("PATH", "/bin"))).isEmpty();
        assertThat(ProcessPlace.of(Map.of("RANK", "0", "WORLD_SIZE", "1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RANK | 4 | RANK = 4, must be in 0..3",
                "RANK | one | RANK = one, must be a whole number",
                "WORLD_SIZE | 0 | WORLD_SIZE = 0, must be at least 1",
                "MASTER_PORT | 70000 | MASTER_PORT = 70000, must be in 1..65535",
                "LOCAL_WORLD_SIZE | 9 | LOCAL_WORLD_SIZE = 9, must be in 1..4",
                "MASTER_ADDR | '' | MASTER_ADDR is not set: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are needed together",
                "WORLD_SIZE | '' | WORLD_SIZE is not set: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are needed together"
            })
    void aWrongVariableIsNamed(String name, String value, String message) {
        assertThatThrownBy(() -> ProcessPlace.of(with(name, value)))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> environment = new HashMap<>(TORCHRUN);
        environment.put(name, value);
        return environment;
    }
}
