package dev.tether.torch.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.parallel.PeerException;
import dev.tether.trainer.parallel.ProcessPlace;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks that are threads of one process, joined over the loopback as processes are. */
@Timeout(60)
class GlooPeersTest {
    private static final PeerPatience SHORT = new PeerPatience(Duration.ofSeconds(1), Duration.ofSeconds(1));
    private static final PeerPatience LONG = PeerPatience.of(Duration.ofSeconds(10));

    @BeforeAll
    static void start() {
        TorchEngine.start(1);
    }

    /** What each of {@code count} ranks gives, in order of rank. */
    private static <T> List<T> each(int count, Function<GlooPeers, T> work) throws Exception {
        return each(count, LONG, work);
    }

    private static <T> List<T> each(int count, PeerPatience patience, Function<GlooPeers, T> work) throws Exception {
        return meeting(count, patience, meeting -> {
            meeting.requireSame("test", Map.of("settings", "equal"));
            try (GlooPeers peers = meeting.join()) {
                return work.apply(peers);
            }
        });
    }

    private static <T> List<T> meeting(int count, PeerPatience patience, Function<Rendezvous, T> work)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try (Rendezvous first = Rendezvous.open(ProcessPlace.firstOnThisMachine(count), patience)) {
            List<Callable<T>> ranks = new ArrayList<>();
            ranks.add(() -> work.apply(first));
            for (int rank = 1; rank < count; rank++) {
                ProcessPlace place = place(rank, count, first.port());
                ranks.add(() -> {
                    try (Rendezvous other = Rendezvous.open(place, patience)) {
                        return work.apply(other);
                    }
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : ranks.stream().map(threads::submit).toList()) {
                results.add(future.get(30, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static ProcessPlace place(int rank, int count, int port) {
        return new ProcessPlace(rank, count, count, "127.0.0.1", port, Optional.empty());
    }

    private static String messageOf(Runnable work) {
        try {
            work.run();
            return "no failure";
        } catch (PeerException | InputException e) {
            return e.getMessage();
        }
    }

    @Test
    void everyRankHasWhatEachHas() throws Exception {
        List<List<String>> gathered = each(
                3,
                rank -> rank.gather("words", "x".repeat(5 * rank.rank()).getBytes(StandardCharsets.UTF_8)).stream()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .toList());
        assertThat(gathered).hasSize(3).allMatch(List.of("", "xxxxx", "xxxxxxxxxx")::equals);
    }

    @Test
    void sumsAreEqualToTheBitAtAllRanks() throws Exception {
        List<double[]> sums = each(
                3,
                rank -> Scoped.compute(() -> {
                    double[] numbers = new double[1001];
                    Arrays.setAll(numbers, i -> Math.sin(i + 0.1 * rank.rank()));
                    Tensor tensor = Tensors.of(numbers, ScalarType.Float, numbers.length);
                    rank.sum(tensor);
                    return Tensors.toDoubles(tensor);
                }));
        assertThat(sums.get(1)).containsExactly(sums.get(0));
        assertThat(sums.get(2)).containsExactly(sums.get(0));
        assertThat(sums.get(0)[7]).isCloseTo(Math.sin(7) + Math.sin(7.1) + Math.sin(7.2), within(1e-6));
    }

    @Test
    void theFirstGivesItsState() throws Exception {
        assertThat(each(3, rank -> rank.takeFirst(10.5 + rank.rank()))).containsExactly(10.5, 10.5, 10.5);
    }

    @Test
    void ranksAtDifferentThingsAreToldSo() throws Exception {
        List<String> messages = each(
                2,
                rank -> messageOf(() -> rank.gather(rank.isFirst() ? "reward" : "generation", new byte[rank.rank()])));
        assertThat(messages.get(0))
                .isEqualTo(
                        "rank 1 is at \"generation\" where rank 0 is at \"reward\": all processes must be started with "
                                + "the same command");
        assertThat(messages.get(1)).startsWith("rank 0 is at \"reward\" where rank 1 is at \"generation\"");
    }

    @Test
    void aRankThatLivesButDoesNotComeIsNamed() throws Exception {
        List<String> messages = each(2, SHORT, rank -> {
            if (!rank.isFirst()) {
                pause(4500);
                return "late";
            }
            return messageOf(() -> rank.gather("reward", new byte[0]));
        });
        assertThat(messages.get(0))
                .isEqualTo("rank 1 did not come to \"reward\" within 1 s, though it lives; "
                        + "--peer-timeout allows more");
    }

    @Test
    void aRankThatPartsIsNamedByTheOthers() throws Exception {
        List<String> messages = each(3, rank -> {
            if (rank.rank() == 2) {
                return "gone";
            }
            return messageOf(() -> rank.gather("reward", new byte[0]));
        });
        assertThat(messages.subList(0, 2))
                .allSatisfy(message -> assertThat(message).startsWith("rank 2 ").contains("\"reward\""));
    }

    @Test
    void differentFactsAreNamedAtBothEnds() throws Exception {
        List<String> messages = meeting(
                2,
                LONG,
                meeting -> messageOf(() -> meeting.requireSame(
                        "settings",
                        Map.of("seed", "17", "steps", "" + (5 + meeting.place().rank())))));
        assertThat(messages).containsOnly("steps = 6 at rank 1, and 5 at rank 0: it must be the same at all processes");
    }

    @Test
    void aTakenRankIsRefused() throws Exception {
        try (Rendezvous first = Rendezvous.open(ProcessPlace.firstOnThisMachine(2), SHORT);
                Rendezvous second = Rendezvous.open(place(1, 2, first.port()), SHORT)) {
            assertThat(second.place().rank()).isEqualTo(1);
            assertThatThrownBy(() -> Rendezvous.open(place(1, 2, first.port()), SHORT))
                    .isInstanceOf(InputException.class)
                    .hasMessage("RANK = 1: another process of this run has that number");
        }
    }

    @Test
    void aTakenPortIsRefused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> Rendezvous.open(place(0, 2, taken.getLocalPort()), SHORT))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith("MASTER_PORT = " + taken.getLocalPort() + ": cannot listen there (");
        }
    }

    @Test
    void aFirstProcessOutOfReachIsNamed() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> Rendezvous.open(place(1, 2, free), SHORT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("cannot reach the first process within 1 s at MASTER_ADDR = 127.0.0.1, "
                        + "MASTER_PORT = " + free + ": Connection refused");
    }

    @Test
    void aRankThatNeverComesIsNamed() {
        try (Rendezvous first = Rendezvous.open(ProcessPlace.firstOnThisMachine(2), SHORT)) {
            assertThatThrownBy(() -> first.requireSame("settings", Map.of()))
                    .isInstanceOf(PeerException.class)
                    .hasMessage(
                            "rank 1 did not come within 1 s: WORLD_SIZE = 2 processes are waited for at MASTER_ADDR = "
                                    + "127.0.0.1, MASTER_PORT = " + first.port());
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
