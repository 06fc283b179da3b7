package dev.tether.cli.hub;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Brings one file into the cache. It goes on where an earlier attempt ended, of this process or another; that the server meanwhile
 * has another file is no matter of If-Range (behind the hub stand servers with tags of their own): the whole is checked against
 * its digest before it is kept, and what was put together from pieces is fetched once more as a whole if it is wrong.
 */
final class HubDownload {
    static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int OK = 200;
    private static final int PARTIAL = 206;

    private final HubWeb web;
    private final HubCache cache;
    private final HubFile file;
    private final HubWeb.Question question;
    private final HubProgress progress;
    private final AtomicLong size = new AtomicLong();
    private final AtomicReference<IOException> diskFailure = new AtomicReference<>();

    /** @param uri of the file */
    HubDownload(HubWeb web, HubCache cache, HubFile file, String what, URI uri, HubProgress progress) {
        this.web = web;
        this.cache = cache;
        this.file = file;
        this.question = new HubWeb.Question(what + " " + file.name(), "GET", uri, Map.of());
        this.progress = progress;
    }

    /** @throws InputException when it cannot be had */
    void run() throws IOException {
        Path growing = cache.growing(file);
        Files.createDirectories(growing.getParent());
        size.set(Files.exists(growing) ? Files.size(growing) : 0);
        boolean isInPieces = size.get() > 0;
        progress.begin(file, size.get());
        fetch();
        if (isInPieces && !isRight(growing)) {
            Files.delete(growing);
            size.set(0);
            fetch();
        }
        if (!isRight(growing)) {
            String found = file.digestOf(growing);
            Files.delete(growing);
            throw new InputException(question.what() + ": what came is not what the hub lists (digest " + found
                    + ", must be " + file.digest() + "); it was thrown away");
        }
        cache.keep(file);
        progress.end(size.get());
    }

    private boolean isRight(Path growing) throws IOException {
        return file.digestOf(growing).equals(file.digest());
    }

    private void fetch() {
        web.persist(
                question.what(),
                () -> {
                    if (file.size() < 0 || size.get() < file.size() || size.get() == 0) {
                        fetchRest();
                    }
                    return null;
                },
                size::get);
    }

    private void fetchRest() throws IOException {
        long have = size.get();
        HubWeb.Question rest = have == 0
                ? question
                : new HubWeb.Question(question.what(), "GET", question.uri(), Map.of("Range", "bytes=" + have + "-"));
        try (FileChannel channel =
                FileChannel.open(cache.growing(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            HttpResponse<Void> answer = web.ask(rest, info -> body(info, channel, have), size::get);
            if (answer.statusCode() == RANGE_NOT_SATISFIABLE) {
                channel.truncate(0);
                size.set(0);
                throw new IOException("the server has no more than " + have + " bytes of it");
            }
            if (answer.statusCode() == PARTIAL && !beginsAt(answer.headers(), have)) {
                throw new IOException("the server sent another part than was asked for");
            }
            if (file.size() >= 0 && size.get() < file.size()) {
                throw new IOException("it ended after " + size.get() + " of " + file.size() + " bytes");
            }
        } catch (IOException e) {
            if (diskFailure.get() != null) {
                throw new InputException(
                        question.what() + ": cannot write " + cache.growing(file) + ": "
                                + AtomicFiles.reason(diskFailure.get())
                                + "; what came so far stays there, and the next attempt goes on from it",
                        e);
            }
            throw e;
        }
    }

    private static boolean beginsAt(HttpHeaders headers, long have) {
        return headers.firstValue("Content-Range").orElse("").startsWith("bytes " + have + "-");
    }

    private HttpResponse.BodySubscriber<Void> body(HttpResponse.ResponseInfo info, FileChannel channel, long have) {
        boolean isRest = info.statusCode() == PARTIAL && beginsAt(info.headers(), have);
        if (info.statusCode() != OK && !isRest) {
            return HttpResponse.BodySubscribers.discarding();
        }
        AtomicLong at = new AtomicLong(isRest ? have : 0);
        size.set(at.get());
        return HttpResponse.BodySubscribers.ofByteArrayConsumer(
                bytes -> bytes.ifPresent(some -> write(channel, some, at)));
    }

    private void write(FileChannel channel, byte[] bytes, AtomicLong at) {
        try {
            if (at.get() == 0) {
                channel.truncate(0);
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                at.addAndGet(channel.write(rest, at.get()));
            }
            size.set(at.get());
            progress.at(at.get());
        } catch (IOException e) {
            if (channel.isOpen()) {
                diskFailure.set(e);
            }
            throw new UncheckedIOException(e);
        }
    }
}
