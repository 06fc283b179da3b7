package dev.tether.cli.simulate;

import dev.tether.cli.console.Overrides;
import dev.tether.cli.console.Words;
import dev.tether.run.InputException;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.BeltSettings.Controller;
import dev.tether.run.settings.RunSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Which controllers are to hold which KL; what is not said here is as the recorded run had it, or default. */
final class LawOptions {
    private static final String UNIT = "belt.unit";
    private static final String TARGET = "belt.target";
    private static final String DERIVATIVE = "belt.gains.derivative";

    @Option(
            names = "--controller",
            paramLabel = "NAME",
            split = ",",
            description = "fixed, thermostat, ziegler, pi, pid, dual_ascent or schedule; several with commas. Default: "
                    + "the run's own, else pi.")
    private List<String> controllers = new ArrayList<>();

    @Option(names = "--all", description = "Every law side by side.")
    private boolean all;

    @Option(names = "--target", paramLabel = "NATS", description = "KL to hold. Default: the run's own.")
    private String target;

    @Option(
            names = "--unit",
            paramLabel = "UNIT",
            description = "What the KL of log and target counts for: sequence or token. Default: the run's own.")
    private String unit;

    @Option(
            names = "--kl-coef",
            paramLabel = "B",
            description = "Where beta starts, or stays if fixed. Default: the run's own, else 0.1.")
    private String klCoef;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any other setting of the belt, such as belt.gains.integral=0.1 or belt.floor=0.01.")
    private List<String> set = new ArrayList<>();

    /** Whether the unit was said. */
    boolean declareUnit() {
        return overrides().has(UNIT);
    }

    /** The belt of each law; at least one. {@code own}: the settings of the recorded run, if they are known. */
    List<BeltSettings> on(Optional<RunSettings> own, Path log) {
        boolean wished = own.filter(run -> run.belt().controller().hasTarget()).isPresent();
        if (!wished && !overrides().has(TARGET)) {
            throw new InputException(log + " has no target KL: give one with --target");
        }
        if (all && !controllers.isEmpty()) {
            throw new InputException("--all already has every controller: leave --controller out");
        }
        RunSettings base = own.orElseGet(RunSettings::defaults);
        return names(base).stream().map(law -> belt(law, base)).toList();
    }

    private Overrides overrides() {
        return new Overrides()
                .add(TARGET, "--target", target)
                .add(UNIT, "--unit", unit)
                .add("belt.kl_coef", "--kl-coef", klCoef)
                .addAll(set);
    }

    private List<String> names(RunSettings base) {
        if (all) {
            return Arrays.stream(Controller.values())
                    .filter(law -> law != Controller.SCHEDULE || overrides().has("belt.schedule"))
                    .map(Words::name)
                    .toList();
        }
        Controller own = base.belt().controller();
        return controllers.isEmpty()
                ? List.of(Words.name(own.hasTarget() ? own : Controller.PI))
                : controllers.stream().map(String::strip).toList();
    }

    /** What belongs to another law of the recorded run, or of {@code --all}, is left out. */
    private BeltSettings belt(String law, RunSettings base) {
        Overrides given = overrides();
        boolean derives = law.equals("pid");
        List<String> paths = new ArrayList<>();
        paths.add("belt.controller=" + law);
        if (!law.equals("schedule") && !given.has("belt.schedule")) {
            paths.add("belt.schedule=[]");
        }
        if (!derives && (all || !given.has(DERIVATIVE))) {
            paths.add(DERIVATIVE + "=null");
        }
        given.paths().stream()
                .filter(path -> !(all && !derives && path.startsWith(DERIVATIVE + "=")))
                .forEach(paths::add);
        Supplier<RunSettings> settings = () -> base.with(paths.toArray(String[]::new));
        return new Overrides()
                .add("belt.controller", "--controller", law)
                .told(() -> given.told(settings))
                .belt();
    }
}
