package dev.tether.torch;

import dev.tether.torch.engine.Scoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** SHA-256 over the names and bytes of live weights, in their order. */
final class WeightFingerprint {
    private static final int CHUNK_BYTES = 1 << 26;

    private WeightFingerprint() {}

    static String of(Map<String, Tensor> weights) {
        return of(weights, weight -> weight);
    }

    private static String of(Map<String, Tensor> weights, UnaryOperator<Tensor> read) {
        MessageDigest digest = sha256();
        weights.forEach((name, weight) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            Scoped.run(() -> update(digest, read.apply(weight.detach()).contiguous()));
        });
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    /** {@link #of} weights in single precision: a model's fingerprint, whatever type it is read in. */
    static String inSinglePrecision(Map<String, Tensor> weights) {
        return of(weights, weight -> weight.to(ScalarType.Float));
    }

    private static void update(MessageDigest digest, Tensor dense) {
        long bytes = dense.nbytes();
        BytePointer data = new BytePointer(dense.data_ptr());
        for (long at = 0; at < bytes; at += CHUNK_BYTES) {
            digest.update(
                    data.position(at).limit(Math.min(bytes, at + CHUNK_BYTES)).asByteBuffer());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
