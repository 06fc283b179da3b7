package dev.tether.cli.hub;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Models by their name on a hub, downloaded into Hugging Face's own cache: what is there is not asked for again, and what is
 * brought here is found by Python. docs/models.md says what is fetched and what is refused.
 */
public final class HubModels {
    private static final Object ONE_AT_A_TIME = new Object();

    private final HubSettings settings;
    private final HubWeb web;
    private final Consumer<String> lines;

    HubModels(HubSettings settings, HubPatience patience, Consumer<String> lines) {
        this.settings = settings;
        this.web = new HubWeb(settings, patience);
        this.lines = lines;
    }

    /** As the environment says; progress is told on standard error. */
    public static HubModels fromEnvironment() {
        return new HubModels(
                HubSettings.of(System.getenv(), Path.of(System.getProperty("user.home"))),
                HubPatience.usual(),
                line -> System.err.println("tether: " + line));
    }

    /**
     * The directory of the model, which is downloaded first where it is not in the cache.
     *
     * @throws InputException in one line, when it cannot be had
     */
    public Path directory(HubName name) {
        synchronized (ONE_AT_A_TIME) {
            try {
                return directory(name, new HubCache(settings.cache(), name));
            } catch (IOException e) {
                throw new InputException(
                        name + ": cannot use the cache " + settings.cache() + ": " + AtomicFiles.reason(e), e);
            }
        }
    }

    private Path directory(HubName name, HubCache cache) throws IOException {
        Optional<Path> cached = cached(name, cache);
        if (settings.isOffline()) {
            return cached.orElseThrow(() -> new InputException(name + ": is not (or not whole) in the cache "
                    + settings.cache() + ", and HF_HUB_OFFLINE forbids to fetch it"));
        }
        if (name.isCommit() && cached.isPresent() && Files.exists(cached.get().resolve(HubListing.TOKENIZER))) {
            return cached.get();
        }
        HubListing listing;
        try {
            listing = listing(name);
        } catch (InputException e) {
            if (cached.isPresent() && e.getCause() instanceof IOException) {
                lines.accept(e.getMessage() + "; what is in the cache is used, commit "
                        + cached.get().getFileName());
                return cached.get();
            }
            throw e;
        }
        return download(listing, cache);
    }

    /** The model as it is in the cache, where its configuration and weights are there. */
    private static Optional<Path> cached(HubName name, HubCache cache) throws IOException {
        Optional<Path> snapshot = cache.commit(name.revision()).map(cache::snapshot);
        if (snapshot.isEmpty() || !Files.isRegularFile(snapshot.get().resolve(HubListing.CONFIG))) {
            return Optional.empty();
        }
        if (Files.isRegularFile(snapshot.get().resolve(HubListing.WEIGHTS))) {
            return snapshot;
        }
        Path index = snapshot.get().resolve(HubListing.INDEX);
        if (!Files.isRegularFile(index)) {
            return Optional.empty();
        }
        boolean isWhole = HubListing.shardNames(index.toString(), Files.readAllBytes(index)).stream()
                .allMatch(shard -> Files.isRegularFile(snapshot.get().resolve(shard)));
        return isWhole ? snapshot : Optional.empty();
    }

    private HubListing listing(HubName name) {
        URI uri = URI.create(settings.endpoint() + "/api/models/" + name.repository() + "/revision/"
                + name.revision().replace("/", "%2F") + "?blobs=true");
        HubWeb.Question question = new HubWeb.Question(name.toString(), "GET", uri, Map.of());
        byte[] answer = web.persist(
                name.toString(),
                () -> web.ask(question, HttpResponse.BodyHandlers.ofByteArray(), () -> 0)
                        .body(),
                () -> 0);
        return HubListing.read(name, answer);
    }

    @SuppressWarnings("try") // the lock need only be held
    private Path download(HubListing listing, HubCache cache) throws IOException {
        List<HubFile> first = new ArrayList<>(listing.companions());
        HubFile weights = listing.weightsOrIndex();
        if (listing.isSharded()) {
            first.add(weights);
        }
        List<HubFile> missing = missing(listing, cache, first);
        List<HubFile> large = List.of(weights);
        if (missing.isEmpty() && listing.isSharded()) {
            large = listing.shards(
                    Files.readAllBytes(cache.snapshot(listing.commit()).resolve(HubListing.INDEX)));
        }
        if (missing.isEmpty() && missing(listing, cache, large).isEmpty()) {
            cache.remember(listing.name().revision(), listing.commit());
            return cache.snapshot(listing.commit());
        }
        try (HubCache.Locked held =
                cache.lock(() -> lines.accept(listing.name() + ": another process is downloading it; waiting"))) {
            lines.accept("downloading " + listing.name() + " (commit " + listing.commit() + ") into " + cache.folder());
            bring(listing, cache, first);
            if (listing.isSharded()) {
                large = listing.shards(
                        Files.readAllBytes(cache.snapshot(listing.commit()).resolve(HubListing.INDEX)));
            }
            bring(listing, cache, large);
            cache.remember(listing.name().revision(), listing.commit());
        }
        return cache.snapshot(listing.commit());
    }

    private static List<HubFile> missing(HubListing listing, HubCache cache, List<HubFile> files) throws IOException {
        List<HubFile> missing = new ArrayList<>();
        for (HubFile file : files) {
            if (!cache.has(listing.commit(), file)) {
                missing.add(file);
            }
        }
        return missing;
    }

    private void bring(HubListing listing, HubCache cache, List<HubFile> files) throws IOException {
        List<HubFile> missing = new ArrayList<>();
        for (HubFile file : missing(listing, cache, files)) {
            missing.add(file.digest().isEmpty() ? described(listing, file) : file);
        }
        requireRoom(listing.name(), cache, missing);
        for (HubFile file : missing) {
            if (!Files.isRegularFile(cache.blob(file))
                    || (file.size() >= 0 && Files.size(cache.blob(file)) != file.size())) {
                HubProgress progress = new HubProgress(lines, System::nanoTime);
                new HubDownload(web, cache, file, listing.name().toString(), address(listing, file), progress).run();
            }
            cache.link(listing.commit(), file);
        }
    }

    private URI address(HubListing listing, HubFile file) {
        return URI.create(settings.endpoint() + "/" + listing.name().repository() + "/resolve/" + listing.commit() + "/"
                + file.name());
    }

    /** The same file with the digest that the headers of its address give; mirrors do not all list digests. */
    private HubFile described(HubListing listing, HubFile file) {
        String what = listing.name() + " " + file.name();
        HubWeb.Question question = new HubWeb.Question(what, "HEAD", address(listing, file), Map.of());
        HttpHeaders headers = web.persist(
                what,
                () -> web.ask(question, HttpResponse.BodyHandlers.discarding(), () -> 0)
                        .headers(),
                () -> 0);
        String tag = headers.firstValue("X-Linked-Etag")
                .or(() -> headers.firstValue("ETag"))
                .orElse("");
        String digest = tag.replaceAll("^W/|\"", "");
        if (!HubFile.isDigest(digest)) {
            throw new InputException(what + ": the hub gives no digest of it, so that it could not be checked");
        }
        long size = headers.firstValueAsLong("X-Linked-Size").orElse(file.size());
        return new HubFile(file.name(), size, digest);
    }

    private static void requireRoom(HubName name, HubCache cache, List<HubFile> files) throws IOException {
        long wanted = 0;
        for (HubFile file : files) {
            Path growing = cache.growing(file);
            wanted += Math.max(0, file.size()) - (Files.exists(growing) ? Files.size(growing) : 0);
        }
        long room = cache.room();
        if (wanted > room) {
            throw new InputException(name + ": needs " + (wanted + 999_999) / 1_000_000 + " MB more in "
                    + cache.folder() + ", where " + room / 1_000_000 + " MB are free");
        }
    }
}
