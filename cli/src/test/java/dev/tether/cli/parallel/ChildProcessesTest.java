package dev.tether.cli.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChildProcessesTest {
    @Test
    void childrenAreGivenAllArgumentsButTheirNumber() {
        assertThat(ChildProcesses.withoutProcesses(List.of("train", "--processes", "2", "--steps", "3")))
                .containsExactly("train", "--steps", "3");
        assertThat(ChildProcesses.withoutProcesses(List.of("train", "my.yaml", "--processes=4")))
                .containsExactly("train", "my.yaml");
    }
}
