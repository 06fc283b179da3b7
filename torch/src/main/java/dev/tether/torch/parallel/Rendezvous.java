package dev.tether.torch.parallel;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import dev.tether.trainer.parallel.PeerException;
import dev.tether.trainer.parallel.ProcessPlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Where the processes of a run meet: a {@code TCPStore} at the first one, or at torchrun's agent. They compare what must be
 * equal before they are joined.
 */
public final class Rendezvous implements AutoCloseable {
    private static final long POLL_MILLIS = 20;
    private static final int CONNECT_MILLIS = 2000;

    private final ProcessPlace place;
    private final PeerPatience patience;
    private final InetAddress ownAddress;
    private final int port;
    private final Store store;
    private final Board board;

    private Rendezvous(ProcessPlace place, PeerPatience patience, TCPStore tcp) {
        this.place = place;
        this.patience = patience;
        this.port = tcp.getPort() & 0xffff;
        this.ownAddress = ownAddress(place, port, patience.start());
        String attempt =
                place.agentAttempt().map(n -> "/worker/attempt_" + n + "/").orElse("");
        this.store = new PrefixStore(attempt + "tether", tcp);
        this.board = new Board(store, () -> {
            store.close();
            tcp.close();
        });
    }

    /**
     * Opens the store, or finds it; the engine must have been started.
     *
     * @throws InputException where the port is taken, the first process is out of reach, or RANK is given twice
     */
    public static Rendezvous open(ProcessPlace place, PeerPatience patience) {
        torch.initLogging();
        if (place.keepsTheStore()) {
            requireFree(place.port());
        } else {
            ownAddress(place, place.port(), patience.start());
        }
        Rendezvous opened = new Rendezvous(place, patience, store(place, patience.start()));
        if (!opened.board.claim("rank/" + place.rank())) {
            throw new InputException("RANK = " + place.rank() + ": another process of this run has that number");
        }
        return opened;
    }

    /** Two servers with the option that c10d sets may share a port unnoticed; this one asks first. */
    private static void requireFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
        } catch (IOException e) {
            throw new InputException(
                    "MASTER_PORT = " + port + ": cannot listen there (" + e.getMessage() + "); choose another", e);
        }
    }

    private static TCPStore store(ProcessPlace place, Duration patience) {
        return Scoped.compute(() -> {
            TCPStoreOptions options = new TCPStoreOptions()
                    .port((short) place.port())
                    .isServer(place.keepsTheStore())
                    .waitWorkers(false)
                    .timeout(new Milliseconds(patience.toMillis()));
            try {
                TCPStore store = new TCPStore(place.address(), options);
                store.retainReference();
                return store;
            } catch (RuntimeException e) {
                throw new InputException(at(place, place.port()) + ": " + firstLine(e), e);
            }
        });
    }

    /** The address of this machine that the store is reached from; waits until it is. */
    private static InetAddress ownAddress(ProcessPlace place, int port, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getByName(place.address()), port), CONNECT_MILLIS);
                return socket.getLocalAddress();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new InputException(
                            "cannot reach the first process within " + patience.toSeconds() + " s at " + at(place, port)
                                    + ": " + reason(e),
                            e);
                }
            }
            pause();
        }
    }

    private static String at(ProcessPlace place, int port) {
        return "MASTER_ADDR = " + place.address() + ", MASTER_PORT = " + port;
    }

    private static String reason(IOException e) {
        return e instanceof UnknownHostException ? "there is no such host" : e.getMessage();
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Where the store listens. */
    public int port() {
        return port;
    }

    public ProcessPlace place() {
        return place;
    }

    /** Tells all processes, now or later, why the run cannot go on; the first reason stands. */
    public void fault(String sentence) {
        board.fault(sentence);
    }

    /** Posts a text for the others. */
    public void post(String key, String text) {
        board.post(key, text);
    }

    /** A text of another process, when it has come. */
    public String await(String key, int rank) {
        long deadline = System.nanoTime() + patience.start().toNanos();
        while (true) {
            Optional<String> text = board.read(key);
            if (text.isPresent()) {
                return text.get();
            }
            board.fault().ifPresent(sentence -> {
                throw new PeerException(sentence);
            });
            if (System.nanoTime() > deadline) {
                throw new PeerException("rank " + rank + " did not come within "
                        + patience.start().toSeconds() + " s: WORLD_SIZE = " + place.count()
                        + " processes are waited for at " + at(place, port));
            }
            pause();
        }
    }

    /**
     * Compares facts with those of all others; waits for them.
     *
     * @param about what they are, once in a run
     * @throws InputException where a process has others than the first; it names one
     */
    public void requireSame(String about, Map<String, String> facts) {
        board.post(key(about, place.rank()), encoded(facts));
        Map<String, String> first = decoded(await(key(about, 0), 0));
        for (int rank = 0; rank < place.count(); rank++) {
            Map<String, String> theirs = decoded(await(key(about, rank), rank));
            difference(first, theirs, rank).ifPresent(sentence -> {
                board.fault(sentence);
                throw new InputException(sentence);
            });
        }
    }

    private static String key(String about, int rank) {
        return about + "/" + rank;
    }

    private static Optional<String> difference(Map<String, String> first, Map<String, String> theirs, int rank) {
        return first.entrySet().stream()
                .filter(fact -> !fact.getValue().equals(theirs.get(fact.getKey())))
                .findFirst()
                .map(fact -> fact.getKey() + " = " + theirs.getOrDefault(fact.getKey(), "(none)") + " at rank " + rank
                        + ", and " + fact.getValue() + " at rank 0: it must be the same at all processes");
    }

    private static String encoded(Map<String, String> facts) {
        StringBuilder lines = new StringBuilder();
        facts.forEach((name, value) -> lines.append(name)
                .append('\t')
                .append(value.replaceAll("[\\t\\r\\n]", " "))
                .append('\n'));
        return lines.toString();
    }

    private static Map<String, String> decoded(String lines) {
        Map<String, String> facts = new TreeMap<>();
        lines.lines().forEach(line -> {
            int tab = line.indexOf('\t');
            facts.put(line.substring(0, tab), line.substring(tab + 1));
        });
        return facts;
    }

    /** Joins the processes; this and all others must have {@linkplain #requireSame compared} before. */
    public GlooPeers join() {
        ProcessGroupGloo group = Scoped.compute(() -> {
            ProcessGroupGloo.Options options = new ProcessGroupGloo.Options(
                    new Milliseconds(patience.answer().toMillis()));
            String device = System.getenv("GLOO_SOCKET_IFNAME");
            options.devices()
                    .push_back(
                            device == null || device.isBlank()
                                    ? ProcessGroupGloo.createDeviceForHostname(plain(ownAddress))
                                    : ProcessGroupGloo.createDeviceForInterface(device));
            try {
                ProcessGroupGloo joined = new ProcessGroupGloo(store, place.rank(), place.count(), options);
                joined.retainReference();
                return joined;
            } catch (RuntimeException e) {
                throw new PeerException("the processes cannot reach each other: " + firstLine(e), e);
            }
        });
        return new GlooPeers(group, new PeerWatch(board, place.rank(), place.count(), patience.answer()));
    }

    /** Without the zone that an IPv6 address may carry. */
    private static String plain(InetAddress address) {
        return address.getHostAddress().replaceAll("%.*", "");
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted while waiting for the other processes", e);
        }
    }

    @Override
    public void close() {
        board.close();
    }
}
