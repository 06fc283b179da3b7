package dev.tether.core.vocabulary;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Chosen once in a process. Another implementation than the scalar one is a service, and may need the Vector API, whose
 * module is resolved on request only ({@code --add-modules jdk.incubator.vector}).
 */
final class BestSums {
    static final VocabularySums BEST = choose();

    private BestSums() {}

    private static VocabularySums choose() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return new ScalarSums();
        }
        try {
            return ServiceLoader.load(VocabularySums.class, VocabularySums.class.getClassLoader())
                    .findFirst()
                    .orElseGet(ScalarSums::new);
        } catch (ServiceConfigurationError | LinkageError e) {
            return new ScalarSums(); // this Java's Vector API is another one
        }
    }
}
