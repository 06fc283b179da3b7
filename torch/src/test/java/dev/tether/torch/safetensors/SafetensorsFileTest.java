package dev.tether.torch.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.pytorch.global.torch.full;
import static org.bytedeco.pytorch.global.torch.tensor;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.run.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // scopes act by being open
class SafetensorsFileTest {
    @TempDir
    Path directory;

    @Test
    void everyDtypeSurvivesWritingAndReading() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            for (Dtype dtype : Dtype.values()) {
                tensors.put(
                        "t." + dtype, full(new long[] {2, 3}, new Scalar(1.0)).to(dtype.scalarType()));
            }
            Path path = directory.resolve("all.safetensors");
            SafetensorsWriter.write(path, tensors, Map.of("format", "pt"));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
                for (Dtype dtype : Dtype.values()) {
                    Tensor read = file.tensor("t." + dtype);
                    assertThat(file.dtype("t." + dtype)).isEqualTo(dtype);
                    assertThat(read.scalar_type().intern()).isEqualTo(dtype.scalarType());
                    assertThat(read.shape()).containsExactly(2, 3);
                    assertThat(bytes(read)).isEqualTo(bytes(tensors.get("t." + dtype)));
                }
            }
        }
    }

    private static byte[] bytes(Tensor tensor) {
        byte[] result =
                new byte[(int) (tensor.numel() * Dtype.of(tensor.scalar_type()).bytes())];
        new org.bytedeco.javacpp.BytePointer(tensor.data_ptr()).get(result);
        return result;
    }

    @Test
    void tensorsOutliveTheFileTheyCameFrom() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Path path = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", floats(1.5f, -2f));
            Tensor a;
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                a = file.tensor("a");
            }
            Files.delete(path);
            assertThat(a.equal(tensor(new float[] {1.5f, -2f}))).isTrue();
        }
    }

    @Test
    void writingIntoATensorLeavesTheFileAsItWas() throws Exception {
        Path path = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", floats(1.5f, -2f));
        byte[] before = Files.readAllBytes(path);
        try (PointerScope scope = new PointerScope();
                SafetensorsFile file = SafetensorsFile.open(path)) {
            file.tensor("a").zero_();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void aTensorOffItsAlignmentIsReadAsACopy() throws Exception {
        String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        for (int padding = 0; padding < 8; padding++) {
            Path path = write(json + " ".repeat(padding), floats(1.5f, -2f));
            try (PointerScope scope = new PointerScope();
                    SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.tensor("a").equal(tensor(new float[] {1.5f, -2f})))
                        .isTrue();
            }
        }
    }

    @Test
    void scalarsAndEmptyTensorsKeepTheirShape() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("scalar", full(new long[] {}, new Scalar(3.0)));
            tensors.put("none", zeros(new long[] {3, 0}, new TensorOptions(Dtype.F64.scalarType())));
            Path path = directory.resolve("small.safetensors");
            SafetensorsWriter.write(path, tensors, Map.of());
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.tensor("scalar").dim()).isZero();
                assertThat(file.tensor("scalar").item_float()).isEqualTo(3f);
                assertThat(file.tensor("none").shape()).containsExactly(3, 0);
                assertThat(file.dtype("none")).isEqualTo(Dtype.F64);
            }
        }
    }

    /** Sparse, so that the test costs neither disk nor time. */
    @Test
    void aTensorLargerThanTwoGibibytesIsMapped() throws Exception {
        long elements = (1L << 31) + 12345;
        String json = "{\"big\":{\"dtype\":\"U8\",\"shape\":[" + elements + "],\"data_offsets\":[0," + elements
                + "]},\"tail\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[" + elements + "," + (elements + 1)
                + "]}}";
        Path path = write(json, new byte[0]);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(file.length() + elements - 1);
            file.write(new byte[] {7, 9});
        }
        try (PointerScope scope = new PointerScope();
                SafetensorsFile file = SafetensorsFile.open(path)) {
            Tensor big = file.tensor("big");
            assertThat(big.numel()).isEqualTo(elements);
            assertThat(big.narrow(0, elements - 1, 1).item_long()).isEqualTo(7);
            assertThat(file.tensor("tail").item_long()).isEqualTo(9);
        }
    }

    @Test
    void anUnknownTensorIsRefusedByName() throws Exception {
        Path path = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", floats(1, 2));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThatThrownBy(() -> file.tensor("b"))
                    .isInstanceOf(InputException.class)
                    .hasMessage(path + ": there is no tensor 'b' among its 1");
        }
    }

    @Test
    void aMissingFileIsNamed() {
        Path path = directory.resolve("none.safetensors");
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(InputException.class)
                .hasMessage(path + ": there is no such file");
    }

    private Path write(String json, byte[] data) throws IOException {
        return write(directory, json, data);
    }

    static Path write(Path directory, String json, byte[] data) throws IOException {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(text.length).put(text).put(data);
        return Files.write(directory.resolve("x.safetensors"), buffer.array());
    }

    private static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }
}
