package dev.tether.cli.bench;

import dev.tether.trainer.model.Tokenizer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The tokenizer of a vocabulary that stands for nothing: token 17 reads {@code <17>}. */
record IdTokenizer(int vocabularySize) implements Tokenizer {
    @Override
    public int[] encode(String text) {
        throw new UnsupportedOperationException("tokens that stand for nothing have no text to be read from");
    }

    @Override
    public String decode(int[] ids) {
        return Arrays.stream(ids).mapToObj(this::tokenText).collect(Collectors.joining());
    }

    @Override
    public String decodeAfter(int[] prompt, int[] response) {
        return decode(response);
    }

    @Override
    public String tokenText(int id) {
        return "<" + id + ">";
    }
}
