package dev.tether.cli.parallel;

import dev.tether.run.InputException;
import dev.tether.torch.parallel.PeerPatience;
import dev.tether.trainer.parallel.ProcessPlace;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * How many processes train together. None of it is a setting: what comes out is the same up to rounding, and a run may be
 * resumed with another number.
 */
public final class ParallelOptions {
    @Option(
            names = "--processes",
            paramLabel = "N",
            description = "Train with N processes on this machine, which divide batch and threads. Not needed under "
                    + "torchrun, Slurm or Kubernetes: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are read "
                    + "(docs/parallel.md). Default: 1.")
    private Optional<Integer> processes = Optional.empty();

    @Option(
            names = "--peer-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long a process that does not answer is waited for, and five times that at the start; a "
                    + "closed connection is seen at once. Default: ${DEFAULT-VALUE}.")
    private int peerTimeout = 60;

    /**
     * Where this process stands; empty where it trains by itself.
     *
     * @throws InputException where options and environment cannot both be followed
     */
    public Optional<ProcessPlace> place(Map<String, String> environment) {
        if (peerTimeout < 1) {
            throw new InputException("--peer-timeout " + peerTimeout + ": must be at least 1 second");
        }
        processes.filter(n -> n < 1).ifPresent(n -> {
            throw new InputException("--processes " + n + ": must be at least 1");
        });
        Optional<ProcessPlace> named = ProcessPlace.of(environment);
        if (named.isPresent() && processes.isPresent()) {
            throw new InputException("--processes " + processes.get() + ": the environment says WORLD_SIZE = "
                    + named.get().count() + " already; leave one of them out");
        }
        return named.or(() -> processes.filter(n -> n > 1).map(ProcessPlace::firstOnThisMachine));
    }

    PeerPatience patience() {
        return PeerPatience.of(Duration.ofSeconds(peerTimeout));
    }
}
