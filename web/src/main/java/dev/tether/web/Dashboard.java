package dev.tether.web;

import com.sun.net.httpserver.HttpServer;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.web.follow.RunShelf;
import dev.tether.web.http.AccessToken;
import dev.tether.web.http.Door;
import dev.tether.web.http.Guard;
import dev.tether.web.http.HostNames;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The live page of runs, served until it is closed. It reads run directories and writes nothing. */
public final class Dashboard implements AutoCloseable {
    private static final int WORKERS = 16;
    private static final int WAITING = 256;
    private static final long IDLE_SECONDS = 30;

    private final HttpServer server;
    private final ExecutorService workers;
    private final RunShelf runs;
    private final Door door;
    private final URI address;
    private final Optional<AccessToken> token;

    private Dashboard(DashboardSettings settings, HttpServer server, RunShelf runs) {
        this.server = server;
        this.runs = runs;
        InetSocketAddress bound = server.getAddress();
        token = bound.getAddress().isLoopbackAddress()
                ? Optional.empty()
                : Optional.of(AccessToken.draw(bound.getPort()));
        address = URI.create("http://" + nameOf(bound.getAddress()) + ":" + bound.getPort() + "/");
        Guard guard = new Guard(HostNames.of(bound.getAddress(), settings.host()), token);
        door = Door.hang(server, guard, runs, settings.listeners(), settings.heartbeatMillis());
        workers = workers(settings.listeners() + WORKERS);
        server.setExecutor(workers);
    }

    /**
     * Serves until closed.
     *
     * @throws InputException where a run is not there, or the address cannot be listened at
     */
    public static Dashboard start(DashboardSettings settings) {
        limitConnections();
        RunShelf runs = RunShelf.open(settings.runs());
        try {
            Dashboard dashboard = new Dashboard(settings, listen(settings), runs);
            dashboard.server.start();
            return dashboard;
        } catch (InputException e) {
            runs.close();
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
        runs.close();
        server.stop(0);
        workers.shutdownNow();
        door.close();
    }
}
