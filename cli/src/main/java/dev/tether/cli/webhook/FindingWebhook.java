package dev.tether.cli.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tether.cli.console.Words;
import dev.tether.core.stats.Explanation;
import dev.tether.run.journal.Finding;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.StepResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts the findings of a run to a web address, each as one JSON object; docs/outputs.md describes it. A thread of its own
 * does so: the run never waits for the network, and never ends by it. A run that diverges or fails is told as a finding,
 * too ({@code RUN_DIVERGED}, {@code RUN_FAILED}).
 *
 * <p>Up to {@value #MOST_WAITING} findings wait; what comes on top, or cannot be delivered, is counted. The first failure
 * and what is left undelivered at the end are told to the run.
 */
public final class FindingWebhook implements RunListener, AutoCloseable {
    static final int MOST_WAITING = 256;
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(usual -> usual.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private final String run;
    private final WebhookAddress address;
    private final Finding.Severity least;
    private final Delivery delivery;
    private final Duration patienceAtEnd;
    private final BiConsumer<Long, String> trouble;
    private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicReference<String> untold = new AtomicReference<>();
    private final Thread courier = new Thread(this::work, "tether-webhook");

    private volatile boolean isOver;
    private volatile long undelivered;
    private volatile String lastReason = "";
    private long lost;
    private long lastStep;

    /** What is posted; {@code text} says it all in a line, as chat services want it. */
    record Message(
            String text,
            String event,
            String run,
            long step,
            String code,
            String severity,
            String sentence,
            Optional<String> advice,
            Optional<Explanation> explanation) {}

    /**
     * A webhook that is at work from now on.
     *
     * @param run its name
     * @param least what is less severe is not posted
     * @param trouble is told, with the last step taken, what did not work; on the thread of the run
     */
    FindingWebhook(
            String run,
            WebhookAddress address,
            Finding.Severity least,
            Patience patience,
            BiConsumer<Long, String> trouble) {
        this.run = run;
        this.address = address;
        this.least = least;
        this.delivery = new Delivery(address, patience);
        this.patienceAtEnd = patience.end();
        this.trouble = trouble;
        courier.setDaemon(true);
        courier.start();
    }

    /** A webhook with the usual patience; see the constructor. */
    public static FindingWebhook open(
            String run, WebhookAddress address, Finding.Severity least, BiConsumer<Long, String> trouble) {
        return new FindingWebhook(run, address, least, Patience.usual(), trouble);
    }

    /** What to say when it is opened: where findings go, without what may be a secret. */
    public String greeting() {
        return "findings from " + Words.name(least) + " on are posted to " + address
                + (address.isReadableOnTheWay() ? ", unencrypted: whoever is on the way can read them" : "");
    }

    @Override
    public void started(int afterStep, int steps) {
        lastStep = afterStep;
    }

    @Override
    public void stepped(StepResult result) {
        lastStep = result.record().step();
        tellTrouble();
    }

    @Override
    public void found(Finding finding) {
        if (finding.severity().compareTo(least) >= 0 && !waiting.offer(json(finding))) {
            lost++;
            lastReason = "more than " + MOST_WAITING + " were waiting";
        }
    }

    @Override
    public void ended(RunOutcome outcome) {
        outcome.divergence()
                .ifPresent(cause -> found(
                        Finding.of(outcome.steps(), "RUN_DIVERGED", Finding.Severity.CRITICAL, cause.getMessage())));
    }

    @Override
    public void failed(RuntimeException cause) {
        String sentence = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        found(Finding.of(lastStep, "RUN_FAILED", Finding.Severity.CRITICAL, sentence));
    }

    /** Waits a few seconds for what is still to be posted, gives up the rest, and says so. */
    @Override
    public void close() {
        isOver = true;
        try {
            courier.join(patienceAtEnd.toMillis());
            boolean isHeldUp = courier.isAlive();
            courier.interrupt();
            courier.join(patienceAtEnd.toMillis());
            if (isHeldUp) {
                lastReason = "the run was over";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tellTrouble();
        long left = undelivered + lost + waiting.size();
        if (left > 0) {
            trouble.accept(
                    lastStep,
                    "webhook " + address + ": " + left + (left == 1 ? " finding was" : " findings were")
                            + " not delivered (" + lastReason + "); the journal has all of them");
        }
    }

    private void tellTrouble() {
        String sentence = untold.getAndSet(null);
        if (sentence != null) {
            trouble.accept(lastStep, sentence);
        }
    }

    private void work() {
        byte[] next = null;
        try {
            while (true) {
                next = waiting.poll(20, TimeUnit.MILLISECONDS);
                if (next != null) {
                    post(next);
                } else if (isOver) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // the run is over and its patience, too
            undelivered += next == null ? 0 : 1;
        }
    }

    private void post(byte[] json) throws InterruptedException {
        Optional<String> refusal = delivery.deliver(json);
        if (refusal.isPresent()) {
            if (undelivered == 0) {
                untold.set("webhook " + address + ": a finding was not delivered (" + refusal.get()
                        + "); training goes on, and this is not said again before the end");
            }
            lastReason = refusal.get();
            undelivered++;
        }
    }

    private byte[] json(Finding finding) {
        String severity = Words.name(finding.severity());
        return JSON.writeValueAsBytes(new Message(
                "tether: " + run + ", step " + finding.step() + ": " + severity + " " + finding.code() + ": "
                        + finding.sentence(),
                "finding",
                run,
                finding.step(),
                finding.code(),
                severity,
                finding.sentence(),
                finding.advice(),
                finding.explanation()));
    }
}
