package dev.tether.torch.bpe;

import java.nio.charset.StandardCharsets;

/**
 * One printable character for each byte, as GPT-2's byte-level tokenizers spell tokens in their files: printable Latin-1
 * bytes stand for themselves, the others, in order, for the characters from U+0100 on.
 */
final class ByteAlphabet {
    private static final char[] CHARACTERS = characters();

    private ByteAlphabet() {}

    static String spelling(int unsignedByte) {
        return String.valueOf(CHARACTERS[unsignedByte]);
    }

    /** The UTF-8 bytes of {@code text}, 0..255 each. */
    static int[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] unsigned = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            unsigned[i] = bytes[i] & 0xff;
        }
        return unsigned;
    }

    private static char[] characters() {
        char[] characters = new char[256];
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            characters[b] = printable(b) ? (char) b : next++;
        }
        return characters;
    }

    private static boolean printable(int b) {
        return b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
    }
}
