package dev.tether.cli.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A hub with one model, {@code org/name}, on this machine, and beside it a server that has its large files. It can misbehave. */
final class StubHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /** What to do instead of answering as one should. */
    interface Mischief {
        void answer(HttpExchange exchange, byte[] content) throws IOException;
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer hub = server(this::hub);
    private final HttpServer store = server(this::store);
    private final Map<String, byte[]> small = new LinkedHashMap<>();
    private final Map<String, byte[]> large = new LinkedHashMap<>();
    private final Deque<Mischief> onListing = new ArrayDeque<>();
    private final Deque<Mischief> onLarge = new ArrayDeque<>();
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    boolean listsDigests = true;
    long claimedSize = -1;
    String redirect;

    private HttpServer server(com.sun.net.httpserver.HttpHandler handler) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.setExecutor(threads);
            server.createContext("/", handler);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    StubHub small(String name, String content) {
        small.put(name, content.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    StubHub large(String name, byte[] content) {
        large.put(name, content);
        return this;
    }

    /** The next listings are answered so, one each. */
    StubHub listing(Mischief... instead) {
        onListing.addAll(List.of(instead));
        return this;
    }

    /** The next large files are answered so, one each. */
    StubHub largeFiles(Mischief... instead) {
        onLarge.addAll(List.of(instead));
        return this;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    URI store() {
        return URI.create("http://127.0.0.1:" + store.getAddress().getPort());
    }

    static Mischief status(int status, String... headers) {
        return (exchange, content) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
    }

    /** Breaks the connection after so many bytes of what is asked for. */
    static Mischief drop(int bytes) {
        return (exchange, content) -> {
            int from = begin(exchange, content);
            exchange.getResponseBody().write(content, from, Math.min(bytes, content.length - from));
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    private void hub(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        note("hub", exchange);
        if (path.startsWith("/api/")) {
            byte[] listing = listing();
            Mischief mischief = onListing.poll();
            if (mischief != null) {
                mischief.answer(exchange, listing);
            } else {
                exchange.sendResponseHeaders(200, listing.length);
                exchange.getResponseBody().write(listing);
            }
        } else {
            file(exchange, path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1));
        }
        exchange.close();
    }

    private void file(HttpExchange exchange, String name) throws IOException {
        if (large.containsKey(name)) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(large.get(name)) + "\"");
            exchange.getResponseHeaders().set("Location", redirect == null ? store() + "/" + name : redirect);
            exchange.sendResponseHeaders(302, -1);
        } else if (small.containsKey(name)) {
            exchange.getResponseHeaders().set("ETag", "W/\"" + blob(small.get(name)) + "\"");
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, isHead ? -1 : small.get(name).length);
            if (!isHead) {
                exchange.getResponseBody().write(small.get(name));
            }
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
    }

    private void store(HttpExchange exchange) throws IOException {
        note("store", exchange);
        byte[] content = large.get(exchange.getRequestURI().getPath().substring(1));
        Mischief mischief = onLarge.poll();
        if (mischief != null) {
            mischief.answer(exchange, content);
        } else {
            int from = begin(exchange, content);
            exchange.getResponseBody().write(content, from, content.length - from);
        }
        exchange.close();
    }

    /** Status and headers of all that is asked for; gives where that begins. */
    private static int begin(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
        return from;
    }

    private void note(String who, HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(who + " " + exchange.getRequestMethod() + " " + exchange.getRequestURI()
                + (range == null ? "" : " " + range) + (token == null ? "" : " " + token));
    }

    private byte[] listing() {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("sha", COMMIT);
        ArrayNode siblings = json.putArray("siblings");
        small.forEach((name, content) -> {
            ObjectNode file = siblings.addObject().put("rfilename", name);
            if (listsDigests) {
                file.put("size", content.length).put("blobId", blob(content));
            }
        });
        large.forEach((name, content) -> {
            ObjectNode file = siblings.addObject().put("rfilename", name);
            if (listsDigests) {
                long size = claimedSize < 0 ? content.length : claimedSize;
                file.put("size", size).put("blobId", "f".repeat(40));
                file.putObject("lfs").put("sha256", sha256(content)).put("size", size);
            }
        });
        return JsonMapper.shared().writeValueAsBytes(json);
    }

    static String sha256(byte[] content) {
        return hex("SHA-256", content);
    }

    static String blob(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = java.util.Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return hex("SHA-1", all);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
    }
}
