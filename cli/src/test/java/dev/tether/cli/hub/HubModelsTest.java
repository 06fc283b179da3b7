package dev.tether.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.run.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HubModelsTest {
    private static final String TOKEN = "hf_secretOfTheTest";
    private static final HubName NAME = HubName.parse("hf:org/name");
    private static final HubPatience PATIENCE =
            new HubPatience(Duration.ofMillis(800), 3, Duration.ofMillis(5), Duration.ofMillis(50));

    @TempDir
    private Path cache;

    private final byte[] weights = new byte[300_000];
    private final List<String> lines = new ArrayList<>();
    private StubHub hub;

    @BeforeEach
    void aModel() {
        new Random(1).nextBytes(weights);
        hub = new StubHub()
                .small("config.json", "{\"model_type\": \"llama\"}")
                .small("tokenizer.json", "{}")
                .small("README.md", "read me")
                .small("modeling_name.py", "import os")
                .large("model.safetensors", weights)
                .large("consolidated.safetensors", weights)
                .large("pytorch_model.bin", weights);
    }

    @AfterEach
    void end() {
        hub.close();
    }

    @Test
    void aModelIsKeptInTheLayoutOfHuggingFacesOwnCache() throws IOException {
        Path directory = models().directory(NAME);
        Path model = cache.resolve("models--org--name");
        assertThat(directory).isEqualTo(model.resolve("snapshots").resolve(StubHub.COMMIT));
        assertThat(model.resolve("refs/main")).hasContent(StubHub.COMMIT);
        assertThat(names(directory)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(names(model.resolve("blobs")))
                .containsExactlyInAnyOrder(
                        StubHub.sha256(weights),
                        StubHub.blob("{\"model_type\": \"llama\"}".getBytes()),
                        StubHub.blob("{}".getBytes()));
        assertThat(Files.readSymbolicLink(directory.resolve("model.safetensors")))
                .isEqualTo(Path.of("../../blobs/" + StubHub.sha256(weights)));
        assertThat(directory.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(hub.requests).noneMatch(request -> request.matches(".*(README|consolidated|\\.bin|\\.py).*"));
        assertThat(lines).anyMatch(line -> line.matches("  model.safetensors: 0.3 MB, [0-9.]+ MB/s"));
    }

    @Test
    void whatIsThereIsNotFetchedAgain() {
        Path directory = models().directory(NAME);
        hub.requests.clear();
        assertThat(models().directory(NAME)).isEqualTo(directory);
        assertThat(hub.requests).hasSize(1).first().asString().startsWith("hub GET /api/models/org/name/revision/main");
        hub.requests.clear();
        assertThat(models().directory(HubName.parse("hf:org/name@" + StubHub.COMMIT)))
                .isEqualTo(directory);
        assertThat(hub.requests).isEmpty();
    }

    @Test
    void offlineWhatPythonLeftIsUsedAndNobodyIsAsked() throws IOException {
        Path model = cache.resolve("models--org--name");
        Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(StubHub.COMMIT));
        Files.createDirectories(model.resolve("refs"));
        Files.createDirectories(model.resolve("blobs"));
        Files.writeString(model.resolve("refs/main"), StubHub.COMMIT);
        Files.writeString(model.resolve("blobs/aa"), "{}");
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/aa"));
        assertThatThrownBy(() -> models(Optional.empty(), true).directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessage("hf:org/name: is not (or not whole) in the cache " + cache
                        + ", and HF_HUB_OFFLINE forbids to fetch it");
        Files.writeString(
                snapshot.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"x.safetensors\"}}");
        assertThatThrownBy(() -> models(Optional.empty(), true).directory(NAME)).isInstanceOf(InputException.class);
        Files.writeString(snapshot.resolve("x.safetensors"), "");
        assertThat(models(Optional.empty(), true).directory(NAME)).isEqualTo(snapshot);
        assertThat(hub.requests).isEmpty();
    }

    @Test
    void aHubThatIsAwayIsNotNeededForWhatIsInTheCache() {
        Path directory = models().directory(NAME);
        hub.close();
        lines.clear();
        assertThat(models().directory(NAME)).isEqualTo(directory);
        assertThat(lines).hasSize(1).first().asString().contains("cannot be reached", "what is in the cache is used");
        assertThatThrownBy(() -> models().directory(HubName.parse("hf:org/other")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("hf:org/other: 3 attempts in a row failed, the last because " + hub.endpoint()
                        + " cannot be reached");
    }

    @Test
    void brokenConnectionsAreResumedWhereTheyBroke() {
        hub.largeFiles(
                StubHub.drop(50_000),
                StubHub.drop(50_000),
                StubHub.drop(50_000),
                StubHub.drop(50_000),
                StubHub.drop(0));
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
        List<String> ranges = hub.requests.stream()
                .filter(request -> request.startsWith("store"))
                .map(request -> request.replaceAll(".* ", ""))
                .toList();
        assertThat(ranges).hasSize(6).startsWith("/model.safetensors").last().isNotEqualTo("/model.safetensors");
        assertThat(ranges.subList(1, 6)).allMatch(range -> range.matches("bytes=[0-9]+-"));
    }

    @Test
    void anotherProcessGoesOnWhereOneGaveUp() throws IOException {
        hub.largeFiles(StubHub.drop(100_000), StubHub.drop(0), StubHub.drop(0));
        assertThatThrownBy(() -> models().directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("hf:org/name model.safetensors: 3 attempts in a row failed");
        Path growing = cache.resolve("models--org--name/blobs/" + StubHub.sha256(weights) + ".tether.incomplete");
        long have = Files.size(growing);
        assertThat(have).isPositive();
        assertThat(cache.resolve("models--org--name/refs")).doesNotExist();
        hub.requests.clear();
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(hub.requests).contains("store GET /model.safetensors bytes=" + have + "-");
        assertThat(growing).doesNotExist();
    }

    @Test
    void piecesThatDoNotFitTogetherAreFetchedAsAWhole() throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("models--org--name/blobs"));
        Files.write(blobs.resolve(StubHub.sha256(weights) + ".tether.incomplete"), new byte[1000]);
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void whatIsNotWhatTheHubListsIsThrownAway() {
        StubHub.Mischief wrong = (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(new byte[content.length]);
        };
        hub.largeFiles(wrong);
        assertThatThrownBy(() -> models().directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("hf:org/name model.safetensors: what came is not what the hub lists (digest "
                        + StubHub.sha256(new byte[weights.length]) + ", must be " + StubHub.sha256(weights));
        assertThat(names(cache.resolve("models--org--name/blobs")))
                .noneMatch(name -> name.contains(StubHub.sha256(weights)));
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void theTokenGoesToTheHubAloneAndIsNeverTold() {
        models(Optional.of(TOKEN), false).directory(NAME);
        assertThat(hub.requests)
                .filteredOn(request -> request.startsWith("hub"))
                .isNotEmpty()
                .allMatch(request -> request.endsWith("Bearer " + TOKEN));
        assertThat(hub.requests)
                .filteredOn(request -> request.startsWith("store"))
                .isNotEmpty()
                .noneMatch(request -> request.contains(TOKEN));
        assertThat(lines).noneMatch(line -> line.contains(TOKEN));
        assertThat(settings(Optional.of(TOKEN), false).toString()).doesNotContain(TOKEN);
    }

    @Test
    void redirectsGoToEncryptedAddressesOrTheHubsHostOnly() {
        for (String target : List.of("http://localhost:1/x", "ftp://127.0.0.1/x", "file:///etc/passwd")) {
            hub.redirect = target;
            assertThatThrownBy(() -> models().directory(NAME))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("which is neither https nor the hub's host; not followed");
        }
        hub.redirect = hub.endpoint() + "/org/name/resolve/" + StubHub.COMMIT + "/model.safetensors";
        assertThatThrownBy(() -> models().directory(NAME)).hasMessageContaining("more than 5 redirects");
        HubAddress https = new HubAddress(URI.create("https://hub.example"));
        assertThat(https.mayFollow(URI.create("http://hub.example/x"))).isFalse();
        assertThat(https.mayKnowToken(URI.create("https://hub.example:443/x"))).isTrue();
        assertThat(https.mayKnowToken(URI.create("https://hub.example.org/x"))).isFalse();
        assertThat(new HubAddress(URI.create("http://192.0.2.1")).mayKnowToken(URI.create("http://192.0.2.1/x")))
                .isFalse();
    }

    @Test
    void refusalsOfTheHubAreToldInOneLine() {
        refused(StubHub.status(401), Optional.empty(), "answers 401", "may be read with a token only (HF_TOKEN)");
        refused(StubHub.status(401), Optional.of(TOKEN), "answers 401", "another token than the one given");
        refused(StubHub.status(403), Optional.of(TOKEN), "answers 403", "are its terms accepted on its page?");
        refused(StubHub.status(404), Optional.empty(), "answers 404: there is no such model, revision or file");
        refused(StubHub.status(418), Optional.empty(), "answers 418");
        refused((exchange, content) -> exchange.sendResponseHeaders(200, -1), Optional.empty(), "the hub's answer");
    }

    private void refused(StubHub.Mischief mischief, Optional<String> token, String... fragments) {
        hub.listing(mischief);
        hub.requests.clear();
        assertThatThrownBy(() -> models(token, false).directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("hf:org/name: ")
                .hasMessageContainingAll(fragments)
                .message()
                .hasLineCount(1)
                .doesNotContain(TOKEN);
        assertThat(hub.requests).as("no second attempt").hasSize(1);
    }

    @Test
    void aBusyOrBrokenHubIsAskedAgainAfterTheTimeItWants() {
        hub.listing(StubHub.status(429, "Retry-After", "0"), StubHub.status(503));
        hub.largeFiles(StubHub.status(500));
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
        hub.listing(StubHub.status(502), StubHub.status(502), StubHub.status(429));
        assertThatThrownBy(() -> models().directory(HubName.parse("hf:org/name@other")))
                .hasMessageContaining("3 attempts in a row failed, the last because")
                .hasMessageContaining("answers 429 (too many requests)");
    }

    @Test
    void aConnectionOnWhichNothingComesIsGivenUp() {
        hub.largeFiles((exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 10_000);
            exchange.getResponseBody().flush();
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(hub.requests).anyMatch(request -> request.matches("store GET /model.safetensors bytes=[0-9]+-"));
    }

    @Test
    void shardsAreThoseThatTheIndexNames() {
        hub.close();
        hub = new StubHub()
                .small("config.json", "{}")
                .small(
                        "model.safetensors.index.json",
                        "{\"weight_map\": {\"a\": \"m-1.safetensors\", \"b\": \"m-2.safetensors\"}}")
                .large("m-1.safetensors", weights)
                .large("m-2.safetensors", Arrays.copyOf(weights, 1000))
                .large("m-3.safetensors", weights);
        Path directory = models().directory(NAME);
        assertThat(names(directory))
                .containsExactly("config.json", "m-1.safetensors", "m-2.safetensors", "model.safetensors.index.json");
        hub.requests.clear();
        models().directory(NAME);
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void modelsThatCannotBeReadAreRefusedBeforeTheyAreFetched() {
        hub.close();
        hub = new StubHub().small("config.json", "{}").large("pytorch_model.bin", weights);
        assertThatThrownBy(() -> models().directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "has no model.safetensors (nor model.safetensors.index.json), but pytorch_model.bin; pickle files are never read");
        assertThat(hub.requests).hasSize(1);
        hub.small("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../../evil.safetensors\"}}");
        assertThatThrownBy(() -> models().directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("names \"../../../evil.safetensors\"");
        hub.close();
        hub = new StubHub().large("model.safetensors", weights);
        assertThatThrownBy(() -> models().directory(NAME)).hasMessageContaining("has no config.json");
    }

    @Test
    void aModelThatDoesNotFitOnTheDiskIsNotBegun() {
        hub.claimedSize = 1L << 60;
        assertThatThrownBy(() -> models().directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("hf:org/name: needs 1152921504607 MB more in ")
                .hasMessageContaining("MB are free");
        assertThat(hub.requests).noneMatch(request -> request.startsWith("store"));
    }

    /** {@code /dev/full} has room for nothing. */
    @Test
    void aDiskThatIsFullEndsTheDownloadInOneLineWithoutAnotherAttempt() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs a system with /dev/full");
        Path growing = cache.resolve("models--org--name/blobs/" + StubHub.sha256(weights) + ".tether.incomplete");
        Files.createDirectories(growing.getParent());
        Files.createSymbolicLink(growing, Path.of("/dev/full"));
        assertThatThrownBy(() -> models().directory(NAME))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "hf:org/name model.safetensors: cannot write " + growing
                                + ": No space left on device; what came so far stays there, and the next attempt goes on from it");
        assertThat(hub.requests)
                .filteredOn(request -> request.startsWith("store"))
                .hasSize(1);
        assertNothingIsHalfMade();
    }

    /** A disk of {@code tmpfs}, which only the superuser can make; room is there when the download begins, and then no longer. */
    @Test
    void whatCameBeforeTheDiskWasFullIsKeptAndGoneOnFrom() throws Exception {
        Path disk = Files.createDirectory(cache.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk.toString()) == 0, "cannot mount a tmpfs");
        try {
            Path home = cache;
            cache = disk;
            Path other = disk.resolve("other");
            hub.largeFiles((exchange, content) -> {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content, 0, 100_000);
                exchange.getResponseBody().flush();
                Files.write(other, new byte[(int) disk.toFile().getUsableSpace() - 128 * 1024]);
                exchange.getResponseBody().write(content, 100_000, 200_000);
            });
            assertThatThrownBy(() -> models().directory(NAME))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("No space left on device; what came so far stays there")
                    .message()
                    .hasLineCount(1);
            assertNothingIsHalfMade();
            Path growing = disk.resolve("models--org--name/blobs/" + StubHub.sha256(weights) + ".tether.incomplete");
            long kept = Files.size(growing);
            assertThat(kept).isBetween(128L * 1024, 299_999L);
            Files.delete(other);
            assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
            assertThat(hub.requests).contains("store GET /model.safetensors bytes=" + kept + "-");
            assertThat(growing).doesNotExist();
            cache = home;
        } finally {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException noSuchProgram) {
            return -1;
        }
    }

    /** No reference, no link to weights that are not there, and so nothing that is taken for a model. */
    private void assertNothingIsHalfMade() {
        Path model = cache.resolve("models--org--name");
        assertThat(model.resolve("refs")).doesNotExist();
        assertThat(names(model.resolve("blobs"))).doesNotContain(StubHub.sha256(weights));
        assertThat(names(model.resolve("snapshots").resolve(StubHub.COMMIT)))
                .doesNotContain("model.safetensors")
                .allMatch(name -> Files.exists(
                        model.resolve("snapshots").resolve(StubHub.COMMIT).resolve(name)));
        assertThatThrownBy(() -> models(Optional.empty(), true).directory(NAME))
                .hasMessageContaining("is not (or not whole) in the cache");
    }

    @Test
    void aHubThatListsNoDigestsIsAskedForThem() {
        hub.listsDigests = false;
        assertThat(models().directory(NAME).resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(names(cache.resolve("models--org--name/blobs"))).contains(StubHub.sha256(weights));
        assertThat(hub.requests).anyMatch(request -> request.startsWith("hub HEAD"));
    }

    @Test
    void anotherProcessThatDownloadsIsWaitedFor() throws Exception {
        Path lock = cache.resolve(".locks/models--org--name/tether.lock");
        Files.createDirectories(lock.getParent());
        Path program = Files.writeString(cache.resolve("Hold.java"), """
                import java.nio.channels.FileChannel;
                import java.nio.file.Path;
                import java.nio.file.StandardOpenOption;
                class Hold {
                    public static void main(String[] names) throws Exception {
                        FileChannel.open(Path.of(names[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE).lock();
                        System.out.println("held");
                        System.in.read();
                    }
                }
                """);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        program.toString(),
                        lock.toString())
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            CompletableFuture<Path> here = CompletableFuture.supplyAsync(() -> models().directory(NAME));
            while (lines.isEmpty()) {
                Thread.sleep(5);
            }
            assertThat(lines).containsExactly("hf:org/name: another process is downloading it; waiting");
            assertThat(here).isNotDone();
            other.destroy();
            assertThat(here.get(30, TimeUnit.SECONDS).resolve("model.safetensors"))
                    .hasBinaryContent(weights);
        } finally {
            other.destroyForcibly();
        }
    }

    private HubModels models() {
        return models(Optional.empty(), false);
    }

    private HubModels models(Optional<String> token, boolean isOffline) {
        return new HubModels(settings(token, isOffline), PATIENCE, lines::add);
    }

    private HubSettings settings(Optional<String> token, boolean isOffline) {
        return new HubSettings(hub.endpoint(), cache, token, isOffline);
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
