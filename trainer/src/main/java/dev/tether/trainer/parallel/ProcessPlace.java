package dev.tether.trainer.parallel;

import dev.tether.run.InputException;
import java.util.Map;
import java.util.Optional;

/**
 * Where a process stands among those of its run, as torchrun's environment variables say it.
 *
 * @param rank RANK, 0 ≤ rank &lt; count; 0 is the first
 * @param count WORLD_SIZE, ≥ 2
 * @param onThisMachine LOCAL_WORLD_SIZE, the processes that share this machine's cores; ≥ 1
 * @param address MASTER_ADDR, where the first process can be reached
 * @param port MASTER_PORT; 0 = any free one, which only the first process can ask for
 * @param agentAttempt set where torchrun's agent keeps the store at that port, and not the first process
 */
public record ProcessPlace(
        int rank, int count, int onThisMachine, String address, int port, Optional<String> agentAttempt) {
    private static final String NEEDED = "RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are needed together";
    private static final int MOST_PORT = 65535;

    /** The first of {@code count} processes on this machine. */
    public static ProcessPlace firstOnThisMachine(int count) {
        return new ProcessPlace(0, count, count, "127.0.0.1", 0, Optional.empty());
    }

    /**
     * What {@code environment} says; empty where it names no other process.
     *
     * @throws InputException where a variable is missing or out of range
     */
    public static Optional<ProcessPlace> of(Map<String, String> environment) {
        if (!environment.containsKey("RANK") && !environment.containsKey("WORLD_SIZE")) {
            return Optional.empty();
        }
        int count = number(environment, "WORLD_SIZE", 1, Integer.MAX_VALUE);
        int rank = number(environment, "RANK", 0, count - 1);
        if (count == 1) {
            return Optional.empty();
        }
        int local = environment.containsKey("LOCAL_WORLD_SIZE") ? number(environment, "LOCAL_WORLD_SIZE", 1, count) : 1;
        boolean agent = "True".equalsIgnoreCase(environment.get("TORCHELASTIC_USE_AGENT_STORE"));
        return Optional.of(new ProcessPlace(
                rank,
                count,
                local,
                text(environment, "MASTER_ADDR"),
                number(environment, "MASTER_PORT", 1, MOST_PORT),
                agent ? Optional.of(environment.getOrDefault("TORCHELASTIC_RESTART_COUNT", "0")) : Optional.empty()));
    }

    /** True where this process keeps the store that the others come to. */
    public boolean keepsTheStore() {
        return rank == 0 && agentAttempt.isEmpty();
    }

    private static String text(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "").strip();
        if (value.isEmpty()) {
            throw new InputException(name + " is not set: " + NEEDED);
        }
        return value;
    }

    private static int number(Map<String, String> environment, String name, int least, int most) {
        String text = text(environment, name);
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InputException(name + " = " + text + ", must be a whole number", e);
        }
        if (number < least || number > most) {
            throw new InputException(name + " = " + number + ", must be "
                    + (most == Integer.MAX_VALUE ? "at least " + least : "in " + least + ".." + most));
        }
        return number;
    }
}
