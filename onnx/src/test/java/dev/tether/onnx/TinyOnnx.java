package dev.tether.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX file written by hand: field numbers of onnx.proto. Its network sums the embeddings of the tokens that the mask
 * counts, Σ_t mask[t] · E[id[t]], and maps the sum to logits by W.
 */
final class TinyOnnx {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /**
     * @param embedding [V][D]
     * @param weight [D][labels]
     * @param inputs names; the second one is the mask, and without it every token counts
     */
    static byte[] network(float[][] embedding, float[][] weight, String output, String... inputs) {
        TinyOnnx graph = new TinyOnnx();
        boolean masked = inputs.length > 1;
        List<TinyOnnx> nodes = new ArrayList<>();
        nodes.add(node("Gather", List.of("E", inputs[0]), "e"));
        if (masked) {
            TinyOnnx cast = node("Cast", List.of(inputs[1]), "m");
            cast.message(5, new TinyOnnx().text(1, "to").number(3, FLOAT).number(20, 2));
            nodes.add(cast);
            nodes.add(node("Unsqueeze", List.of("m", "one"), "m3"));
            nodes.add(node("MatMul", List.of("m3", "e"), "p"));
            nodes.add(node("Squeeze", List.of("p", "one"), "q"));
        } else {
            TinyOnnx sum = node("ReduceSum", List.of("e", "one"), "q");
            sum.message(5, new TinyOnnx().text(1, "keepdims").number(3, 0).number(20, 2));
            nodes.add(sum);
        }
        nodes.add(node("MatMul", List.of("q", "W"), output));
        nodes.forEach(node -> graph.message(1, node));
        graph.text(2, "tiny");
        graph.message(5, matrix("E", embedding));
        graph.message(5, matrix("W", weight));
        graph.message(
                5,
                new TinyOnnx()
                        .number(1, 1)
                        .number(2, INT64)
                        .text(8, "one")
                        .raw(
                                9,
                                ByteBuffer.allocate(8)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .putLong(1)
                                        .array()));
        for (String input : inputs) {
            graph.message(11, value(input, INT64, "B", "T"));
        }
        graph.message(12, value(output, FLOAT, "B", "L"));
        return new TinyOnnx()
                .number(1, 8)
                .message(7, graph)
                .message(8, new TinyOnnx().text(1, "").number(2, 13))
                .bytes
                .toByteArray();
    }

    private static TinyOnnx node(String type, List<String> inputs, String output) {
        TinyOnnx node = new TinyOnnx();
        inputs.forEach(input -> node.text(1, input));
        return node.text(2, output).text(4, type);
    }

    private static TinyOnnx matrix(String name, float[][] rows) {
        ByteBuffer raw = ByteBuffer.allocate(4 * rows.length * rows[0].length).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            for (float each : row) {
                raw.putFloat(each);
            }
        }
        return new TinyOnnx()
                .number(1, rows.length)
                .number(1, rows[0].length)
                .number(2, FLOAT)
                .text(8, name)
                .raw(9, raw.array());
    }

    private static TinyOnnx value(String name, int type, String... dimensions) {
        TinyOnnx shape = new TinyOnnx();
        for (String dimension : dimensions) {
            shape.message(1, new TinyOnnx().text(2, dimension));
        }
        TinyOnnx tensor = new TinyOnnx().number(1, type).message(2, shape);
        return new TinyOnnx().text(1, name).message(2, new TinyOnnx().message(1, tensor));
    }

    private TinyOnnx number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    private TinyOnnx text(int field, String value) {
        return raw(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private TinyOnnx message(int field, TinyOnnx value) {
        return raw(field, value.bytes.toByteArray());
    }

    private TinyOnnx raw(int field, byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while (rest > 127) {
            bytes.write((int) (rest & 127 | 128));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
