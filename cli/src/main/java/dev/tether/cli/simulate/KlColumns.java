package dev.tether.cli.simulate;

import java.util.List;
import picocli.CommandLine.Option;

/** Which column of a foreign log is what. What is not named is looked for under the names that trainers use. */
final class KlColumns {
    private static final List<String> KL = List.of(
            "kl", "kl_div", "objective/kl", "critic/kl", "train/kl", "train/objective/kl", "mean_kl", "kl_divergence");
    private static final List<String> KL_COEF = List.of(
            "kl_coef", "kl_coeff", "beta", "objective/kl_coef", "critic/kl_coeff", "critic/kl_coef", "train/kl_coef");
    private static final List<String> STEP = List.of("step", "global_step", "training/global_step", "iteration");

    @Option(
            names = "--kl-key",
            paramLabel = "NAME",
            description = "Column, or key of a row, that holds the KL; a.b looks into an object. Default: kl, kl_div, "
                    + "objective/kl, critic/kl, …")
    private String kl;

    @Option(
            names = "--coef-key",
            paramLabel = "NAME",
            description = "The same for beta. Default: kl_coef, kl_coeff, beta, …")
    private String klCoef;

    @Option(
            names = "--step-key",
            paramLabel = "NAME",
            description = "The same for the number of the step. Default: step, global_step, …; else rows are counted.")
    private String step;

    List<String> kl() {
        return kl == null ? KL : List.of(kl);
    }

    List<String> klCoef() {
        return klCoef == null ? KL_COEF : List.of(klCoef);
    }

    List<String> step() {
        return step == null ? STEP : List.of(step);
    }

    /** Whether a column was named that must then be there. */
    boolean namesKlCoef() {
        return klCoef != null;
    }

    boolean namesStep() {
        return step != null;
    }
}
