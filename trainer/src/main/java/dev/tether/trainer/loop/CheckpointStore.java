package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.control.KlController;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.trainer.model.PolicyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * ({@link Saved}) and {@code policy/} (weights, value function, optimiser moments).
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
     * @param beltVerdict on the belt as it last stood
     * @param journalBytes length of the journal after this step
     * @param samplesBytes length of the samples after this step
     */
    record Saved(
            int step,
            long episodes,
            long seed,
            String settingsDigest,
            Map<String, Double> controller,
            BeltVerdict beltVerdict,
            long journalBytes,
            long samplesBytes) {
        LoopState state(KlController initial) {
            return new LoopState(step, episodes, initial.withState(controller), beltVerdict, Optional.empty());
        }
    }

    private final RunDirectory directory;
    private final int keep;

    CheckpointStore(RunDirectory directory, int keep) {
        this.directory = directory;
        this.keep = keep;
    }

    /** Writes a checkpoint, then removes those that are older than the newest {@code keep}. */
    Path write(Saved saved, PolicyModel policy) {
        Path target = directory.checkpoint(saved.step());
        try {
            AtomicFiles.delete(target);
        } catch (IOException e) {
            throw new InputException("cannot replace " + target + ": " + AtomicFiles.reason(e), e);
        }
        AtomicFiles.writeDirectory(target, aside -> {
            Path weights = Files.createDirectory(aside.resolve("policy"));
            policy.saveTrainingState(weights);
            Files.write(aside.resolve("trainer.json"), JSON.writeValueAsBytes(saved));
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
            return JSON.readValue(Files.readAllBytes(file), Saved.class);
        } catch (JacksonException e) {
            throw new InputException("cannot read " + file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    void restore(Path checkpoint, PolicyModel policy) {
        Path weights = checkpoint.resolve("policy");
        try {
            policy.restoreTrainingState(weights);
        } catch (IOException e) {
            throw new InputException("cannot restore the policy from " + weights + ": " + AtomicFiles.reason(e), e);
        }
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
        List<Path> all = all();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            try {
                AtomicFiles.delete(old);
            } catch (IOException e) {
                throw new InputException("cannot remove the old checkpoint " + old + ": " + AtomicFiles.reason(e), e);
            }
        }
    }
}
