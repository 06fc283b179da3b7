package dev.tether.torch.pretrain;

import dev.tether.torch.network.CausalLm;
import dev.tether.torch.pretrain.PretrainReport.HeldOut;
import java.util.ArrayList;
import java.util.List;

/** What a model says of texts it has not learned from. */
final class HeldOutMeasure {
    private static final int ROWS = 32;

    private HeldOutMeasure() {}

    /**
     * Minus the log-probability of what is to be predicted of each text; of one longer than the context, of its beginning.
     *
     * @param names of the texts, in the same order
     */
    static List<HeldOut> of(CausalLm model, List<String> names, List<LearnedText> texts, int context) {
        List<HeldOut> measured = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += ROWS) {
            List<LearnedText> some = texts.subList(from, Math.min(texts.size(), from + ROWS));
            int longest = some.stream().mapToInt(LearnedText::length).max().orElseThrow();
            List<LearnedText> rows = some.stream()
                    .map(text -> text.ofWidth(Math.min(context, longest), 0))
                    .toList();
            double[] nats = NextTokenLoss.sums(model, rows);
            for (int i = 0; i < nats.length; i++) {
                measured.add(
                        new HeldOut(names.get(from + i), nats[i], rows.get(i).predicted()));
            }
        }
        return measured;
    }
}
