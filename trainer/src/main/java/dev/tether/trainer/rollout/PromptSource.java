package dev.tether.trainer.rollout;

import dev.tether.trainer.model.Tokenizer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Draws prompts as a pure function of the step: whoever knows seed and step knows the prompts, so a resumed run needs no
 * stored position. Shuffled: every prompt is drawn once before any is drawn again, in a new order each pass.
 */
public final class PromptSource {
    /** How prompts follow one another. */
    public enum Order {
        SHUFFLED,
        SEQUENTIAL
    }

    private final List<Prompt> prompts;
    private final Order order;
    private final Seeds seeds;

    /** Needs at least one prompt. */
    public PromptSource(List<Prompt> prompts, Order order, Seeds seeds) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("there are no prompts: at least one is needed");
        }
        this.prompts = List.copyOf(prompts);
        this.order = order;
        this.seeds = seeds;
    }

    /** Texts as prompts, shuffled anew in each pass over them. */
    public static PromptSource shuffled(List<String> texts, Tokenizer tokenizer, long seed) {
        List<Prompt> prompts = texts.stream()
                .map(text -> new Prompt(text, tokenizer.encode(text)))
                .toList();
        return new PromptSource(prompts, Order.SHUFFLED, new Seeds(seed));
    }

    /** The {@code count} prompts of step {@code step} (counted from 1), when every step draws {@code count}. */
    public List<Prompt> draw(int step, int count) {
        long first = (long) (step - 1) * count;
        List<Prompt> drawn = new ArrayList<>(count);
        long pass = -1;
        int[] sequence = null;
        for (long i = first; i < first + count; i++) {
            if (i / prompts.size() != pass) {
                pass = i / prompts.size();
                sequence = pass(pass);
            }
            drawn.add(prompts.get(sequence[(int) (i % prompts.size())]));
        }
        return drawn;
    }

    /** SHA-256 of all prompts in their order, as {@code sha256:…}. */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Prompt prompt : prompts) {
                ByteBuffer ids = ByteBuffer.allocate(Integer.BYTES * (prompt.ids().length + 1));
                ids.putInt(prompt.ids().length);
                ids.asIntBuffer().put(prompt.ids());
                digest.update(ids.array());
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The number of prompts there are. */
    public int size() {
        return prompts.size();
    }

    private int[] pass(long pass) {
        if (order == Order.SEQUENTIAL) {
            int[] identity = new int[prompts.size()];
            Arrays.setAll(identity, i -> i);
            return identity;
        }
        return seeds.permutation(prompts.size(), Seeds.Purpose.PROMPT_ORDER, pass, 0);
    }
}
