package dev.tether.torch.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every broken file is refused by one sentence, before memory is taken for it. */
class HostileSafetensorsTest {
    private static final String GOOD = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            [1]                                                                        | does not begin with '{'
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}                      | not valid JSON
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}x                    | not valid JSON
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}                   | text after its closing brace
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | tensor 'a' stands twice
            {"a":{"dtype":"Q3","shape":[2],"data_offsets":[0,8]}}                      | tensor 'a' has the unknown dtype 'Q3'
            {"a":{"dtype":5,"shape":[2],"data_offsets":[0,8]}}                         | tensor 'a' must have a string as its dtype
            {"a":{"shape":[2],"data_offsets":[0,8]}}                                   | tensor 'a' has no dtype
            {"a":{"dtype":"F32","data_offsets":[0,8]}}                                 | tensor 'a' has no shape
            {"a":{"dtype":"F32","shape":[2]}}                                          | must have two data_offsets
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}                       | must have two data_offsets
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}                   | data_offsets has more than 2 entries
            {"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}         | tensor 'a' has the key 'shape' twice
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}               | tensor 'a' has the unknown key 'x'
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                    | shape contains -2
            {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}                   | shape contains 2.0
            {"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}                   | shape contains 2, must be whole
            {"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}                   | shape contains [
            {"a":{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}}  | shape contains 18446744073709551618
            {"a":{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}}   | more than 2^63 bytes
            {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | more than 2^63 bytes
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}                     | spans 8 bytes, its shape [3] of F32 needs 12
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}                     | ends at data byte 0, before its begin 8
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                     | without gap or overlap
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | without gap or overlap
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                     | 4 bytes after the last tensor
            {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}                    | torn: its header describes 16 bytes of tensors, it holds 8
            {"a":5}                                                                    | tensor 'a' must be described by an object
            {"__metadata__":5}                                                         | __metadata__ must be a JSON object
            {"__metadata__":{"k":5}}                                                   | __metadata__ key 'k' must have a string
            {"__metadata__":{"k":"a","k":"b"}}                                         | __metadata__ key 'k' stands twice
            {"__metadata__":{},"__metadata__":{}}                                      | __metadata__ stands twice
            {"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{}}}}}}}}}}                   | tensor 'a'
            """)
    void aBrokenHeaderIsNamedWithItsTensorAndLaw(String json, String law) throws Exception {
        Path path = SafetensorsFileTest.write(directory, json, new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(law)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 60, -1, Long.MIN_VALUE, 100_000_001})
    void aHostileHeaderLengthIsRefusedBeforeAllocation(long length) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, length);
        Path path = Files.write(directory.resolve("hostile.safetensors"), buffer.array());
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the header says it is " + Long.toUnsignedString(length) + " bytes long");
    }

    @Test
    void everyTruncationOfAGoodFileIsCalledTorn() throws Exception {
        Path whole = SafetensorsFileTest.write(directory, GOOD, new byte[8]);
        byte[] bytes = Files.readAllBytes(whole);
        for (int length = 0; length < bytes.length; length++) {
            Path torn = Files.write(directory.resolve("torn.safetensors"), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> SafetensorsFile.open(torn))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("torn");
        }
    }

    @Test
    void noMutationOfTheHeaderEscapesAsAnotherException() throws Exception {
        byte[] good = Files.readAllBytes(SafetensorsFileTest.write(directory, GOOD, new byte[8]));
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = good.clone();
            for (int k = 0; k <= random.nextInt(3); k++) {
                bytes[random.nextInt(good.length - 8)] = (byte) random.nextInt(256);
            }
            Path path = Files.write(directory.resolve("mutant.safetensors"), bytes);
            try {
                SafetensorsFile.open(path).close();
            } catch (InputException e) {
                assertThat(e.getMessage()).startsWith(path + ": ").doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(2000);
    }

    @Test
    void aDirectoryIsNotAFile() {
        assertThatThrownBy(() -> SafetensorsFile.open(directory))
                .isInstanceOf(InputException.class)
                .hasMessage(directory + ": cannot be read: it is a directory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"weight_map":{"a":"../x.safetensors"}}  | must be a file name in the same directory
            {"weight_map":{"a":"/etc/passwd"}}       | must be a file name in the same directory
            {"weight_map":{"a":".."}}                | must be a file name in the same directory
            {"weight_map":{"a":5}}                   | must be a file name in the same directory
            {"weight_map":{"b":"x.safetensors"}}     | names tensor 'b' in x.safetensors, which does not hold it
            {"weight_map":{"a":"y.safetensors"}}     | there is no such file
            {"weight_map":[]}                        | weight_map must be an object
            {"weight_map":{"a":"x.safetensors"       | is not valid JSON
            {"weight_map":{"a":"x","a":"x"}}         | is not valid JSON
            """)
    void aBrokenShardIndexIsNamed(String json, String law) throws Exception {
        SafetensorsFileTest.write(directory, GOOD, new byte[8]);
        Files.writeString(directory.resolve("model.safetensors.index.json"), json);
        assertThatThrownBy(() -> ShardedWeights.open(directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(law)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aModelDirectoryWithoutWeightsIsNamed() {
        assertThatThrownBy(() -> ShardedWeights.open(directory))
                .isInstanceOf(InputException.class)
                .hasMessage(directory + ": holds neither model.safetensors nor model.safetensors.index.json");
    }
}
