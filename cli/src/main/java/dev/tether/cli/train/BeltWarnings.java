package dev.tether.cli.train;

import dev.tether.cli.console.Words;
import dev.tether.run.settings.BeltSettings;
import java.util.Optional;

/** Belts that are there to reproduce others and do not hold as their number suggests. */
final class BeltWarnings {
    private BeltWarnings() {}

    /** One line, where the penalty is not the gradient of the KL that is measured. */
    static Optional<String> of(BeltSettings belt) {
        String place = "warning: belt.placement = " + Words.name(belt.placement()) + " ";
        return switch (belt.placement().force()) {
            case NONE ->
                Optional.of(
                        place + "exerts no force: its expected gradient is zero, so beta holds nothing, whatever KL is "
                                + "logged (docs/belt.md)");
            case FORWARD_KL ->
                Optional.of(place + "pulls by the forward KL(reference || policy), another belt than the KL(policy || "
                        + "reference) that is measured and steered by (docs/belt.md)");
            case SEQUENCE_REVERSE_KL, TOKEN_REVERSE_KL -> Optional.empty();
        };
    }
}
