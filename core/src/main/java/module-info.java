/**
 * The pure maths of the KL belt, in double precision. No {@code requires} on purpose: a file, a clock or a logger in
 * here does not compile.
 */
module dev.tether.core {
    exports dev.tether.core.belt;
    exports dev.tether.core.kl;
    exports dev.tether.core.stats;
    exports dev.tether.core.control;
    exports dev.tether.core.reward;
    exports dev.tether.core.advantage;
    exports dev.tether.core.objective;
    exports dev.tether.core.schedule;
    exports dev.tether.core.frontier;
    exports dev.tether.core.simulate;
    exports dev.tether.core.monitor;
    exports dev.tether.core.text;
    exports dev.tether.core.vocabulary;

    uses dev.tether.core.vocabulary.VocabularySums;
}
