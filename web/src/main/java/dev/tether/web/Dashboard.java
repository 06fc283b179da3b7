package dev.tether.web;

import com.sun.net.httpserver.HttpServer;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.ingest.IngestDesk;
import dev.tether.web.follow.RunShelf;
import dev.tether.web.http.AccessToken;
import dev.tether.web.http.Door;
import dev.tether.web.http.Guard;
import dev.tether.web.http.HostNames;
import dev.tether.web.http.WriteGuard;
import dev.tether.web.ingest.IngestDoor;
import dev.tether.web.ingest.IngestSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The live page of runs, served until it is closed. It reads run directories and writes nothing, unless it was started to
 * take in the runs of other trainers.
 */
public final class Dashboard implements AutoCloseable {
    private static final int WORKERS = 16;
    /** So many posts can wait for room or be read at a time, beside those who look. */
    private static final int WRITERS = 64;

    private static final int WAITING = 256;
    private static final long IDLE_SECONDS = 30;

    private final HttpServer server;
    private final ExecutorService workers;
    private final RunShelf runs;
    private final Door door;
    private final URI address;
    private final Optional<AccessToken> token;
    private final Optional<IngestDesk> desk;

    private Dashboard(
            DashboardSettings settings,
            Optional<IngestSettings> ingest,
            Optional<IngestDesk> desk,
            HttpServer server,
            RunShelf runs) {
        this.server = server;
        this.runs = runs;
        InetSocketAddress bound = server.getAddress();
        token = bound.getAddress().isLoopbackAddress()
                ? Optional.empty()
                : Optional.of(AccessToken.draw(bound.getPort()));
        address = URI.create("http://" + nameOf(bound.getAddress()) + ":" + bound.getPort() + "/");
        HostNames names = HostNames.of(bound.getAddress(), settings.host());
        Guard guard = new Guard(names, token);
        door = Door.hang(server, guard, runs, settings.listeners(), settings.heartbeatMillis());
        this.desk = desk;
        desk.ifPresent(open -> {
            IngestSettings how = ingest.orElseThrow();
            IngestDoor.hang(server, new WriteGuard(names, how.token()), open, how.limits());
        });
        workers = workers(settings.listeners() + WORKERS + (desk.isPresent() ? WRITERS : 0));
        server.setExecutor(workers);
    }

    /**
     * Serves until closed.
     *
     * @throws InputException where a run is not there, or the address cannot be listened at
     */
    public static Dashboard start(DashboardSettings settings) {
        return start(settings, Optional.empty());
    }

    /**
     * As {@link #start(DashboardSettings)}, and takes in the runs of other trainers where {@code ingest} says how.
     *
     * @throws InputException also where their directory cannot be written to
     */
    public static Dashboard start(DashboardSettings settings, Optional<IngestSettings> ingest) {
        limitConnections();
        Optional<IngestDesk> desk = ingest.map(how -> IngestDesk.open(how.directory(), InstantSource.system()));
        RunShelf runs = null;
        try {
            runs = RunShelf.open(
                    settings.runs(), ingest.map(how -> Set.of(how.directory())).orElse(Set.of()));
            Dashboard dashboard = new Dashboard(settings, ingest, desk, listen(settings), runs);
            dashboard.server.start();
            return dashboard;
        } catch (InputException e) {
            if (runs != null) {
                runs.close();
            }
            desk.ifPresent(IngestDesk::close);
            throw e;
        }
    }

    /** The server's own limits are read once, when its class is loaded; those that were set already are left alone. */
    private static void limitConnections() {
        limit("sun.net.httpserver.maxReqTime", "10");
        limit("sun.net.httpserver.idleInterval", "30");
        limit("sun.net.httpserver.maxReqHeaders", "64");
        limit("jdk.httpserver.maxConnections", "256");
        // without it every small answer waits for the acknowledgement of the one before
        limit("sun.net.httpserver.nodelay", "true");
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static HttpServer listen(DashboardSettings settings) {
        String place = settings.host() + ":" + settings.port();
        try {
            InetAddress address = InetAddress.getByName(settings.host());
            return HttpServer.create(new InetSocketAddress(address, settings.port()), 0);
        } catch (UnknownHostException e) {
            throw new InputException("host = \"" + settings.host() + "\": no such name or address", e);
        } catch (BindException e) {
            String inUse = "cannot listen at " + place + ": the port is in use, or the address is not this machine's; "
                    + "another port: --port 0";
            throw new InputException(inUse, e);
        } catch (IOException e) {
            throw new InputException("cannot listen at " + place + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static ExecutorService workers(int threads) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), work -> {
                    Thread thread = new Thread(work, "tether-serve-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }

    private static String nameOf(InetAddress address) {
        if (address.isAnyLocalAddress()) {
            return localName();
        }
        String digits = address.getHostAddress();
        return address instanceof Inet6Address ? "[" + digits.replaceFirst("%.*", "") + "]" : digits;
    }

    private static String localName() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            return DashboardSettings.LOOPBACK;
        }
    }

    /** Where the page is, without its token. */
    public URI address() {
        return address;
    }

    /** What a visitor must know; empty where only this machine can be one. */
    public Optional<String> token() {
        return token.map(AccessToken::text);
    }

    /** Where the page is, with its token where there is one. */
    public URI entrance() {
        return token.map(t -> address.resolve("?token=" + t.text())).orElse(address);
    }

    /** How many runs are shown. */
    public int runs() {
        return runs.feeds().size();
    }

    @Override
    public void close() {
        desk.ifPresent(IngestDesk::close);
        runs.close();
        server.stop(0);
        workers.shutdownNow();
        door.close();
    }
}
