package dev.tether.run.journal;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Who moved β after this step, and why.
 *
 * @param name of the control law, such as {@code ziegler}
 * @param target wished KL in nats of {@code unit}; absent where the law has none
 * @param unit of the target
 * @param reason of the move in one word, such as {@code raised}
 * @param sentence the reason with its numbers
 */
public record ControllerFigures(
        String name, OptionalDouble target, Optional<KlUnit> unit, Optional<String> reason, Optional<String> sentence) {
    public ControllerFigures {
        Figures.text("controller.name", name);
        target = Figures.known("controller.target", target);
        unit = unit == null ? Optional.empty() : unit;
        reason = reason == null ? Optional.empty() : reason;
        sentence = sentence == null ? Optional.empty() : sentence;
        Figures.law(target.isPresent() == unit.isPresent(), "controller.unit", unit, "given exactly where a target is");
    }

    /** A law without a target. */
    public static ControllerFigures of(String name, MoveReason reason) {
        return new ControllerFigures(
                name,
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.of(word(reason)),
                Optional.of(reason.sentence()));
    }

    /** A law that holds a target. */
    public static ControllerFigures of(String name, KlTarget target, MoveReason reason) {
        return new ControllerFigures(
                name,
                OptionalDouble.of(target.nats()),
                Optional.of(target.unit()),
                Optional.of(word(reason)),
                Optional.of(reason.sentence()));
    }

    private static String word(MoveReason reason) {
        return reason.kind().name().toLowerCase(Locale.ROOT);
    }
}
