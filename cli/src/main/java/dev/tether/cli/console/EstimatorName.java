package dev.tether.cli.console;

import dev.tether.core.kl.KlEstimator;
import picocli.CommandLine.ITypeConverter;

/** Reads the name of an estimator as settings and journals write it. */
public final class EstimatorName implements ITypeConverter<KlEstimator> {
    @Override
    public KlEstimator convert(String word) throws Exception {
        return Words.lowerCase(KlEstimator.class).convert(word);
    }
}
