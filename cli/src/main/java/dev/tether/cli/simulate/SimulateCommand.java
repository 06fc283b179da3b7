package dev.tether.cli.simulate;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Screen;
import dev.tether.cli.console.Signs;
import dev.tether.cli.console.Words;
import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlController;
import dev.tether.core.control.KlTarget;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.simulate.Replay;
import dev.tether.core.simulate.ResponseFit;
import dev.tether.core.simulate.StepResponse;
import dev.tether.core.simulate.Trajectory;
import dev.tether.run.InputException;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.KlControllers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tries controllers on what a recorded run teaches of its KL. No model, no native code. */
@Command(
        name = "simulate",
        header = "How a controller would have held the KL of a recorded run.",
        description = {
            "Reads how KL and beta moved in a run, fits a simple response to it (towards which KL a beta pulls, how "
                    + "steeply, how fast), and lets controllers steer that response from KL = 0. LOG is a run directory, "
                    + "its journal.jsonl, or a log of another trainer: JSON lines, or CSV with a header.",
            "",
            "Rise: first step at 90 %% of the target. Overshoot: greatest KL above it. Settled: first step from which KL "
                    + "stays within 20 %% of it. A simulation knows of a run only what its response model does; the share "
                    + "that the fit leaves unexplained is printed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether simulate runs/NAME --all",
            "  tether simulate runs/NAME --controller pi --target 4 --set belt.gains.integral=0.1",
            "  tether simulate run.csv --unit sequence --target 6 --recorded-kl-coef 0.05 --all --out page.html",
            "  tether simulate metrics.jsonl --kl-key actor/kl --coef-key kl_coef --unit token --target 0.02 --json"
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final long USUAL_EPISODES = 32;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "LOG", description = "Run directory, journal.jsonl, JSON lines or CSV.")
    private Path log;

    @Mixin
    private LawOptions laws;

    @Mixin
    private KlColumns columns;

    @Option(
            names = "--recorded-kl-coef",
            paramLabel = "B",
            description = "The beta that was in force, where the log has no column for it.")
    private Optional<Double> recordedKlCoef;

    @Option(names = "--steps", paramLabel = "N", description = "Steps to simulate. Default: as many as the log has.")
    private Optional<Integer> steps;

    @Option(
            names = "--episodes",
            paramLabel = "N",
            description = "Sequences per step, which ziegler counts. Default: the log's, else 32.")
    private Optional<Long> episodes;

    @Option(
            names = "--reading-error",
            paramLabel = "SHARE",
            description =
                    "Standard error of a simulated reading, as a share of it. Default: the log's own errors, else "
                            + "what the fit leaves unexplained.")
    private Optional<Double> readingError;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "17",
            description = "Of the readings' errors. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE.html", description = "Also write a page with charts of KL and beta.")
    private Optional<Path> out;

    @Option(names = "--json", description = "Answer in JSON, every step included.")
    private boolean json;

    @Mixin
    private Screen screen;

    @Option(names = "--ascii", description = "Draw with ASCII only. Default where the locale is not UTF-8.")
    private boolean ascii;

    @Override
    public Integer call() {
        Optional<OwnLog> own = OwnLog.at(log);
        if (own.isEmpty() && !laws.declareUnit()) {
            throw new InputException(
                    log + " does not say what its KL counts for: give --unit sequence or --unit token");
        }
        List<BeltSettings> belts = laws.on(own.flatMap(OwnLog::settings), log);
        RecordedKl recorded = recorded(own, belts.get(0).unit());
        Simulation simulation = simulate(recorded, belts);
        Signs signs = ascii ? Signs.ASCII : Signs.ofLocale(System.getenv());
        PrintWriter terminal = spec.commandLine().getOut();
        out.ifPresent(page -> SimulationWriter.page(simulation).write(page));
        if (json) {
            terminal.println(SimulationWriter.json(simulation));
        } else {
            terminal.print(new SimulationText(simulation, screen, signs).text());
            out.ifPresent(page -> terminal.println("page: " + page));
        }
        terminal.flush();
        return ExitCode.DONE;
    }

    private RecordedKl recorded(Optional<OwnLog> own, KlUnit unit) {
        RecordedKl recorded = own.isPresent() ? own.get().read(unit) : new ForeignLog(log, columns).read();
        if (recordedKlCoef.isPresent()) {
            recorded = recorded.with(recordedKlCoef.get());
        }
        if (!recorded.tellsKlCoefs()) {
            throw new InputException(log + " does not say which beta was in force at every step: name its column with "
                    + "--coef-key, or give the value with --recorded-kl-coef");
        }
        return recorded;
    }

    private Simulation simulate(RecordedKl recorded, List<BeltSettings> belts) {
        ResponseFit fit = fit(recorded);
        Simulation.ReadingError error = readingError(recorded, fit);
        long perStep = episodes.orElseGet(() -> Math.round(recorded.episodes().orElse(USUAL_EPISODES)));
        Replay replay = new Replay(fit.model(), steps.orElse(recorded.rows().size()), perStep, error.share());
        KlTarget wish = new KlTarget(belts.get(0).target(), belts.get(0).unit());
        List<Simulation.Law> results =
                belts.stream().map(belt -> result(belt, replay, wish)).toList();
        return new Simulation(recorded, wish, fit, error, replay, results);
    }

    private Simulation.Law result(BeltSettings belt, Replay replay, KlTarget wish) {
        KlController controller = KlControllers.of(belt);
        Trajectory run = replay.run(controller, seed);
        KlCoefBounds bounds =
                belt.controller().hasTarget() ? new KlCoefBounds(belt.floor(), belt.ceiling()) : KlCoefBounds.NONE;
        return new Simulation.Law(Words.name(belt.controller()), controller, run, StepResponse.of(run, wish, bounds));
    }

    private ResponseFit fit(RecordedKl recorded) {
        try {
            return ResponseFit.of(recorded.nats(), recorded.klCoefs());
        } catch (IllegalArgumentException e) {
            throw new InputException(log + " does not teach how KL answers to beta: " + e.getMessage(), e);
        }
    }

    private Simulation.ReadingError readingError(RecordedKl recorded, ResponseFit fit) {
        if (readingError.isPresent()) {
            return new Simulation.ReadingError(readingError.get(), "as given");
        }
        OptionalDouble logged = recorded.relativeError();
        return logged.isPresent()
                ? new Simulation.ReadingError(logged.getAsDouble(), "the log's own, its median")
                : new Simulation.ReadingError(fit.relativeError(), "what the fit leaves unexplained");
    }
}
