package dev.tether.cli.train;

import dev.tether.cli.console.Overrides;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a model on pairs that were compared beforehand: {@code tether train} with algorithm dpo. */
@Command(
        name = "dpo",
        header = "Train a model on pairs of answers by direct preference optimisation.",
        description = {
            "Learns from a preference file (--pairs; docs/preferences.md lists the layouts) instead of scored answers of its "
                    + "own. It is a run as any other: between its updates it answers --prompts, and the journal says what "
                    + "--reward thinks of the answers and how far they are from the reference, so that \"tether report\" draws "
                    + "it beside runs of other algorithms. The reward is measured only. There is no belt: the price of a nat "
                    + "is --beta, and it acts on the pairs alone. All options of \"tether train\" are there, too."
        },
        footer = {
            "  tether dpo --model DIR --pairs pairs.jsonl --prompts prompts.jsonl --reward lexicon --beta 0.1",
            "  tether dpo --model DIR --pairs pairs.jsonl --steps 40 --set dpo.updates=8 --out runs/dpo",
            "  tether report runs/dpo runs/ppo"
        })
public final class DpoCommand extends TrainCommand {
    @Option(
            names = "--pairs",
            paramLabel = "FILE",
            description = "Comparisons, .jsonl or a .json array. [dpo.pairs: null]")
    private String pairs;

    @Option(
            names = "--beta",
            paramLabel = "B",
            description = "Price of one nat of KL in the reward that the comparisons follow. [dpo.beta: 0.1]")
    private String beta;

    @Option(
            names = "--label-smoothing",
            paramLabel = "SHARE",
            description = "Share of the comparisons held for wrong. [dpo.label_smoothing: 0.0]")
    private String labelSmoothing;

    @Option(
            names = "--pairs-per-update",
            paramLabel = "N",
            description = "Pairs of one optimiser step. [dpo.pairs_per_update: 16]")
    private String pairsPerUpdate;

    @Option(
            names = "--updates",
            paramLabel = "N",
            description = "Optimiser steps between two looks at the policy's own answers. [dpo.updates: 4]")
    private String updates;

    @Override
    Overrides fixed() {
        return new Overrides()
                .add("algorithm", "tether dpo", "dpo")
                .add("belt.controller", "tether dpo", "fixed")
                .add("belt.kl_coef", "tether dpo", "0")
                .add("dpo.pairs", "--pairs", pairs)
                .add("dpo.beta", "--beta", beta)
                .add("dpo.label_smoothing", "--label-smoothing", labelSmoothing)
                .add("dpo.pairs_per_update", "--pairs-per-update", pairsPerUpdate)
                .add("dpo.updates", "--updates", updates);
    }
}
