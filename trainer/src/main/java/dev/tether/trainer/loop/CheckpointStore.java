package dev.tether.trainer.loop;

import dev.tether.core.control.KlController;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.settings.CheckpointSettings;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.belt.ForceReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The checkpoints of one run: directories that are there whole or not at all. Each holds {@code trainer.json}
 * ({@link Saved}), {@code policy/} (weights, value function, optimiser moments) and, where the reference moves,
 * {@code reference/}.
 */
final class CheckpointStore {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * What a checkpoint keeps beside the policy. There is no generator state in it: every random stream follows from seed
     * and step.
     *
     * @param step steps taken
     * @param episodes responses sampled so far
     * @param seed of the run
     * @param settingsDigest of the run's settings
     * @param controller the control law's state by name
     * @param referenceFingerprint of the reference the run began with
     * @param force of the belt as it was last measured; null where it never was
     * @param rollBacks of the policy to a checkpoint
     * @param journalBytes length of the journal after this step
     * @param samplesBytes length of the samples after this step
     */
    record Saved(
            int step,
            long episodes,
            long seed,
            String settingsDigest,
            String referenceFingerprint,
            Map<String, Double> controller,
            ForceReading force,
            RollBacks rollBacks,
            long journalBytes,
            long samplesBytes) {
        LoopState state(KlController initial) {
            return new LoopState(
                    step,
                    episodes,
                    initial.withState(controller),
                    Optional.ofNullable(force),
                    rollBacks,
                    Optional.empty());
        }
    }

    /** {@code saved} as {@code trainer.json} has it. */
    static byte[] bytes(Saved saved) {
        return JSON.writeValueAsBytes(saved);
    }

    /** What {@link #bytes} wrote. */
    static Saved saved(byte[] bytes) {
        return JSON.readValue(bytes, Saved.class);
    }

    /** Scheduled checkpoints that a run which may go back keeps: the newest may turn out bad. */
    private static final int TO_GO_BACK_TO = 2;

    private final RunDirectory directory;
    private final CheckpointSettings settings;
    private final HardLimitSettings.Action hardLimitAction;

    CheckpointStore(RunDirectory directory, RunSettings settings) {
        this.directory = directory;
        this.settings = settings.checkpoints();
        this.hardLimitAction = settings.belt().hardLimit().action();
    }

    /** Writes a checkpoint, then removes those that are no longer needed. */
    Path write(Saved saved, TrainingParts parts) {
        Path target = directory.checkpoint(saved.step());
        try {
            AtomicFiles.delete(target);
        } catch (IOException e) {
            throw new InputException("cannot replace " + target + ": " + AtomicFiles.reason(e), e);
        }
        AtomicFiles.writeDirectory(target, aside -> {
            Path weights = Files.createDirectory(aside.resolve("policy"));
            parts.policy().saveTrainingState(weights);
            if (parts.reAnchoring().isPresent()) {
                Path anchored = Files.createDirectory(aside.resolve("reference"));
                parts.reAnchoring().get().reference().saveWeights(anchored);
            }
            Files.write(aside.resolve("trainer.json"), bytes(saved));
        });
        removeOld();
        return target;
    }

    boolean has(int step) {
        return Files.isDirectory(directory.checkpoint(step));
    }

    /** The newest checkpoint, if there is one. */
    Optional<Path> newestIfAny() {
        List<Path> all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** The newest checkpoint. */
    Path newest() {
        List<Path> all = all();
        if (all.isEmpty()) {
            throw new InputException(
                    "cannot resume " + directory.root() + ": it has no checkpoint in " + directory.checkpoints());
        }
        return all.get(all.size() - 1);
    }

    Saved read(Path checkpoint) {
        Path file = checkpoint.resolve("trainer.json");
        try {
            return saved(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new InputException("cannot read " + file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    void restore(Path checkpoint, TrainingParts parts) {
        try {
            parts.policy().restoreTrainingState(checkpoint.resolve("policy"));
            if (parts.reAnchoring().isPresent()) {
                parts.reAnchoring().get().reference().restoreWeights(checkpoint.resolve("reference"));
            }
        } catch (IOException e) {
            throw new InputException("cannot restore from " + checkpoint + ": " + AtomicFiles.reason(e), e);
        }
    }

    /**
     * The newest scheduled checkpoint whose policy has already passed a whole step: that of step n − 1 is the policy that
     * was found over the limit in step n.
     */
    Optional<Integer> goodBefore(int step) {
        return scheduled().stream()
                .map(CheckpointStore::step)
                .filter(taken -> taken <= step - 2)
                .reduce((older, newer) -> newer);
    }

    /** Removes the checkpoints after {@code step}: none of them is to be gone back to. */
    void removeAfter(int step) {
        all().stream().filter(path -> step(path) > step).forEach(CheckpointStore::remove);
    }

    private List<Path> scheduled() {
        return all().stream()
                .filter(path -> step(path) % settings.everySteps() == 0)
                .toList();
    }

    private static int step(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("step-".length()));
    }

    private List<Path> all() {
        if (!Files.isDirectory(directory.checkpoints())) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory.checkpoints())) {
            return entries.filter(path -> path.getFileName().toString().matches("step-\\d+"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
        } catch (IOException e) {
            throw new InputException("cannot list " + directory.checkpoints() + ": " + AtomicFiles.reason(e), e);
        }
    }

    private void removeOld() {
        List<Path> kept = new ArrayList<>(newest(all(), settings.keep()));
        if (hardLimitAction == HardLimitSettings.Action.ROLL_BACK) {
            kept.addAll(newest(scheduled(), TO_GO_BACK_TO));
        }
        all().stream().filter(path -> !kept.contains(path)).forEach(CheckpointStore::remove);
    }

    private static List<Path> newest(List<Path> checkpoints, int count) {
        return checkpoints.subList(Math.max(0, checkpoints.size() - count), checkpoints.size());
    }

    private static void remove(Path checkpoint) {
        try {
            AtomicFiles.delete(checkpoint);
        } catch (IOException e) {
            throw new InputException("cannot remove the checkpoint " + checkpoint + ": " + AtomicFiles.reason(e), e);
        }
    }
}
