package dev.tether.cli.check;

import dev.tether.cli.console.Words;
import dev.tether.core.stats.Digits;
import dev.tether.core.stats.Explanation;
import dev.tether.run.journal.Finding;
import java.util.List;

/** What was found, in lines. */
final class CheckText {
    private static final int WIDTH = 100;

    private final StringBuilder out = new StringBuilder();

    static String of(List<CheckedRun> runs) {
        CheckText text = new CheckText();
        runs.forEach(text::run);
        return text.out.toString();
    }

    private void run(CheckedRun run) {
        List<Finding> findings = run.check().findings();
        String found = findings.isEmpty()
                ? "nothing found"
                : findings.size() + (findings.size() == 1 ? " finding" : " findings");
        line("", run.name() + ": " + run.check().steps() + " steps, " + found);
        findings.forEach(this::finding);
        run.check().overoptimization().ifPresent(desk -> line("  ", desk.sentence()));
        out.append('\n');
    }

    private void finding(Finding finding) {
        line(
                "  ",
                Words.name(finding.severity()) + ", step " + finding.step() + ", " + finding.code() + ": "
                        + finding.sentence());
        finding.advice().ifPresent(advice -> line("    ", "What to do: " + advice + "."));
        finding.explanation().ifPresent(explanation -> numbers(explanation, "    "));
    }

    private void numbers(Explanation explanation, String indent) {
        line(indent, Digits.rough(explanation.value()) + "  " + explanation.sentence());
        explanation.parts().forEach(part -> numbers(part, indent + "  "));
    }

    /** Breaks at blanks, what follows two further in. */
    private void line(String indent, String words) {
        StringBuilder line = new StringBuilder(indent);
        for (String word : words.split(" ")) {
            boolean begun = line.toString().isBlank();
            if (!begun && line.length() + 1 + word.length() > WIDTH) {
                out.append(line).append('\n');
                line = new StringBuilder(indent + "  ");
                begun = true;
            }
            line.append(begun ? "" : " ").append(word);
        }
        out.append(line).append('\n');
    }
}
