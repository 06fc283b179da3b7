package dev.tether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @Test
    void everyRehearsedCommandSucceeds(@TempDir Path scratch) throws Exception {
        assertThat(Rehearsal.run(scratch))
                .allSatisfy((command, code) -> assertThat(code).as(command).isZero());
        assertThat(scratch.resolve("run/report.html")).isRegularFile();
    }
}
