package dev.tether.cli.parallel;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Version;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import dev.tether.run.settings.SettingsWriter;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.parallel.Rendezvous;
import dev.tether.torch.parallel.TensorPeers;
import dev.tether.trainer.parallel.PeerException;
import dev.tether.trainer.parallel.ProcessPlace;
import dev.tether.trainer.parallel.Together;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** The processes of a run, from where this one stands: how they meet, compare, are joined, and part. */
public final class Team implements AutoCloseable {
    private static final String SETTINGS = "settings.yaml";
    /** So long the first process keeps the reason of its end where the others can read it. */
    private static final long FAREWELL_MILLIS = 2500;

    private final Optional<Rendezvous> rendezvous;
    private final Optional<ChildProcesses> children;
    private TensorPeers peers = TensorPeers.ALONE;

    private Team(Optional<Rendezvous> rendezvous, Optional<ChildProcesses> children) {
        this.rendezvous = rendezvous;
        this.children = children;
    }

    /** One process by itself. */
    public static Team alone() {
        return new Team(Optional.empty(), Optional.empty());
    }

    /**
     * Goes to the place where the processes meet; starts the others where nobody else does.
     *
     * @param arguments of this command line, which those others are started with
     */
    public static Team open(Optional<ProcessPlace> place, ParallelOptions options, List<String> arguments) {
        if (place.isEmpty()) {
            return alone();
        }
        endWithTheProcessThatStartedThis();
        TorchEngine.start(1);
        Rendezvous opened = Rendezvous.open(place.get(), options.patience());
        boolean startsOthers = place.get().port() == 0;
        try {
            return new Team(
                    Optional.of(opened),
                    startsOthers
                            ? Optional.of(
                                    ChildProcesses.start(place.get().count(), opened.port(), arguments, opened::fault))
                            : Optional.empty());
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** A child's standard input is a pipe that closes when its parent ends, in whatever way. */
    private static void endWithTheProcessThatStartedThis() {
        if (!isChild()) {
            return;
        }
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nothing is ever written there
                        }
                    } catch (IOException e) {
                        // as good as closed
                    }
                    Runtime.getRuntime().halt(ExitCode.PEER_LOST);
                },
                "tether-parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** True where another process of Tether started this one, and speaks for it. */
    public static boolean isChild() {
        return System.getenv(ChildProcesses.VARIABLE) != null;
    }

    /** This process's share of {@code wished} threads, which are for a machine; 0 = one per core. */
    public int threads(int wished) {
        if (rendezvous.isEmpty()) {
            return wished;
        }
        int all = wished == 0 ? Runtime.getRuntime().availableProcessors() : wished;
        return Math.max(1, all / rendezvous.get().place().onThisMachine());
    }

    /** Compares the settings with those of all others. */
    public RunSettings agreed(RunSettings own) {
        rendezvous.ifPresent(meeting -> {
            Map<String, String> facts = new TreeMap<>(SettingsWriter.values(own));
            facts.put("WORLD_SIZE", Integer.toString(meeting.place().count()));
            facts.put("version", Version.number());
            meeting.requireSame("settings", facts);
        });
        return own;
    }

    /** The settings of a run that the first process goes on with; it gives them to the others. */
    public RunSettings resumed(RunSettings own) {
        rendezvous.ifPresent(meeting -> meeting.post(
                SETTINGS,
                SettingsWriter.values(own).entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining("\n"))));
        return agreed(own);
    }

    /** The settings that the first process {@link #resumed}. */
    public RunSettings resumedByTheFirst() {
        String settings = rendezvous.orElseThrow().await(SETTINGS, 0);
        return agreed(SettingsReader.defaults(settings.lines().toList()));
    }

    /**
     * Joins the processes.
     *
     * @param facts that must be the same at all
     */
    public TensorPeers join(Map<String, String> facts) {
        rendezvous.ifPresent(meeting -> {
            meeting.requireSame("models", facts);
            peers = meeting.join();
        });
        return peers;
    }

    /** True at all processes as soon as it is true at one. */
    public BooleanSupplier anywhere(BooleanSupplier own) {
        return () -> peers.isAlone() ? own.getAsBoolean() : Together.any(peers, "stop", own.getAsBoolean());
    }

    /** The number of processes. */
    public int count() {
        return rendezvous.map(meeting -> meeting.place().count()).orElse(1);
    }

    /** Does {@code work}; where it fails, the others are told why before they notice. */
    public int together(IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (RuntimeException e) {
            rendezvous.ifPresent(meeting -> tell(meeting, e));
            throw e;
        }
    }

    private void tell(Rendezvous meeting, RuntimeException failure) {
        if (failure instanceof PeerException) {
            return;
        }
        try {
            meeting.fault("rank " + meeting.place().rank() + " failed: "
                    + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
            if (meeting.place().keepsTheStore() && children.isEmpty()) {
                Thread.sleep(FAREWELL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // then the others see that this process is gone
        }
    }

    @Override
    public void close() {
        children.ifPresent(ChildProcesses::close);
        peers.close();
        rendezvous.ifPresent(Rendezvous::close);
    }
}
