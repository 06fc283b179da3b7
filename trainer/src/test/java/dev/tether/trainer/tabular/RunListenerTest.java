package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SessionEvent;
import dev.tether.run.journal.SessionLog;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.BeltAtStart;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.selftest.SelfTestReport;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunListenerTest {
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=4", "prompts.batch_size=16", "generation.max_new_tokens=3", "checkpoints.every_steps=3");
    private static final RunClocks CLOCKS = new RunClocks(new SteppingClock(), () -> Instant.EPOCH);
    private static final RunIdentity IDENTITY = new RunIdentity("sha256:policy", "sha256:ref", "test", Map.of());

    @TempDir
    Path temp;

    @Test
    void aListenerIsToldOfEverythingInTheOrderOfTheRun() {
        Remembering listener = new Remembering();
        RunDirectory run = run(SETTINGS, listener);

        List<String> withoutFindings = listener.heard.stream()
                .filter(word -> !word.startsWith("found"))
                .toList();
        assertThat(withoutFindings)
                .containsExactly(
                        "started 0/4",
                        "self-tested",
                        "probed",
                        "sampled 16 of 1",
                        "stepped 1",
                        "sampled 16 of 2",
                        "stepped 2",
                        "sampled 16 of 3",
                        "stepped 3",
                        "checkpointed 3",
                        "sampled 16 of 4",
                        "stepped 4",
                        "checkpointed 4",
                        "ended COMPLETED after 4");
        List<Finding> journalled = JournalReader.readAll(run.journal()).findings();
        assertThat(listener.heard.stream().filter(word -> word.startsWith("found")))
                .containsExactlyElementsOf(journalled.stream()
                        .map(finding -> "found " + finding.code())
                        .toList());
    }

    @Test
    void aListenerThatThrowsLosesNeitherTheRunNorTheOthers() {
        RunListener broken = new RunListener() {
            @Override
            public void stepped(StepResult result) {
                throw new IllegalStateException(
                        "disk of step " + result.record().step());
            }

            @Override
            public void ended(RunOutcome outcome) {
                throw new IllegalStateException("at the end, too");
            }
        };
        Remembering alone = new Remembering();
        Remembering after = new Remembering();
        RunDirectory undisturbed = run(SETTINGS, alone);
        RunDirectory disturbed = run(SETTINGS, broken, after);

        assertThat(after.heard).isEqualTo(alone.heard);
        assertThat(disturbed.journal()).hasSameBinaryContentAs(undisturbed.journal());
        assertThat(troubles(disturbed)).singleElement().satisfies(trouble -> {
            assertThat(trouble.with()).isEqualTo(SessionEvent.TroubleWith.LISTENER);
            assertThat(trouble.afterStep()).isEqualTo(1);
            assertThat(trouble.sentence())
                    .contains("disk of step 1", broken.getClass().getName());
        });
        assertThat(troubles(undisturbed)).isEmpty();
    }

    @Test
    void aRunThatFailsTellsItsListenersWhy() {
        Remembering listener = new Remembering();
        TrainingRun run = TrainingRun.begin(
                RunDirectory.create(temp.resolve("nan")),
                TabularWorld.parts(policy(), TabularWorld.scoring(response -> Double.NaN)),
                SETTINGS,
                IDENTITY,
                CLOCKS);
        assertThatThrownBy(() -> run.execute(() -> false, listener)).isInstanceOf(InputException.class);
        assertThat(listener.heard)
                .last()
                .asString()
                .startsWith("failed InputException")
                .contains("NaN");
    }

    private RunDirectory run(RunSettings settings, RunListener... listeners) {
        RunDirectory directory = RunDirectory.create(temp.resolve("run" + listeners.length));
        try (TrainingRun run = TrainingRun.begin(directory, TabularWorld.parts(policy()), settings, IDENTITY, CLOCKS)) {
            run.execute(() -> false, listeners);
        }
        return directory;
    }

    private static List<SessionEvent.Trouble> troubles(RunDirectory run) {
        return SessionLog.readAll(run.sessions()).stream()
                .filter(SessionEvent.Trouble.class::isInstance)
                .map(SessionEvent.Trouble.class::cast)
                .toList();
    }

    private static TabularPolicy policy() {
        return new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    /** Writes down each call in a word or two. */
    private static final class Remembering implements RunListener {
        final List<String> heard = new ArrayList<>();

        @Override
        public void started(int afterStep, int steps) {
            heard.add("started " + afterStep + "/" + steps);
        }

        @Override
        public void selfTested(SelfTestReport report) {
            heard.add("self-tested");
        }

        @Override
        public void beltProbed(BeltAtStart belt) {
            heard.add("probed");
        }

        @Override
        public void sampled(List<SampleRecord> samples) {
            heard.add("sampled " + samples.size() + " of " + samples.get(0).step());
        }

        @Override
        public void stepped(StepResult result) {
            heard.add("stepped " + result.record().step());
        }

        @Override
        public void found(Finding finding) {
            heard.add("found " + finding.code());
        }

        @Override
        public void rolledBack(int step, int toStep) {
            heard.add("rolled back " + step + " to " + toStep);
        }

        @Override
        public void checkpointed(int step, Path checkpoint) {
            heard.add("checkpointed " + step);
        }

        @Override
        public void ended(RunOutcome outcome) {
            heard.add("ended " + outcome.kind() + " after " + outcome.steps());
        }

        @Override
        public void failed(RuntimeException cause) {
            heard.add("failed " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
    }
}
