package dev.tether.torch.safetensors;

import static org.bytedeco.pytorch.global.torch.from_file;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One file in the safetensors format, of any size. The header is checked wholly before anything is mapped. */
public final class SafetensorsFile implements Weights {
    /** The reference implementation's limit: a larger length is a foreign or hostile file. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = 8;

    private final Path file;
    private final SafetensorsHeader header;
    private final long dataStart;
    private final Tensor bytes;

    private SafetensorsFile(Path file, SafetensorsHeader header, long dataStart, Tensor bytes) {
        this.file = file;
        this.header = header;
        this.dataStart = dataStart;
        this.bytes = bytes;
    }

    /** @throws InputException when the file is missing, torn, or breaks a law of the format */
    public static SafetensorsFile open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            byte[] json = readHeader(file, channel, size);
            long dataStart = LENGTH_BYTES + json.length;
            SafetensorsHeader header = SafetensorsHeader.parse(file, json, size - dataStart);
            return new SafetensorsFile(file, header, dataStart, map(file, size));
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": there is no such file");
        } catch (IOException e) {
            throw new InputException(
                    file + ": cannot be read: " + (Files.isDirectory(file) ? "it is a directory" : e.getMessage()));
        }
    }

    private static byte[] readHeader(Path file, FileChannel channel, long size) throws IOException {
        if (size < LENGTH_BYTES) {
            throw new InputException(
                    file + ": the file is torn: " + size + " bytes, a safetensors file begins with 8 bytes of length");
        }
        long length = read(channel, 0, LENGTH_BYTES).getLong(0);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new InputException(file + ": the header says it is " + Long.toUnsignedString(length)
                    + " bytes long, must be at most " + MAX_HEADER_BYTES + ": this is not a safetensors file");
        }
        if (length > size - LENGTH_BYTES) {
            throw new InputException(file + ": the file is torn: its header needs " + length + " bytes, "
                    + (size - LENGTH_BYTES) + " follow its length");
        }
        return read(channel, LENGTH_BYTES, (int) length).array();
    }

    private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file ended while it was read");
            }
        }
        return buffer;
    }

    /** The whole file as one byte tensor: a private mapping, released with the last tensor that views it. */
    private static Tensor map(Path file, long size) {
        try {
            return Scoped.keep(() -> from_file(
                    file.toString(),
                    new BoolOptional(false),
                    new LongOptional(size),
                    new TensorOptions(ScalarType.Byte)));
        } catch (RuntimeException e) {
            String reason = e.getMessage().lines().findFirst().orElse("");
            throw new InputException(file + ": cannot be mapped into memory: " + reason);
        }
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /** Free text pairs of the writer, such as {@code format=pt}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public long[] shape(String name) {
        return entry(name).shape().clone();
    }

    @Override
    public Dtype dtype(String name) {
        return entry(name).dtype();
    }

    @Override
    public Tensor tensor(String name) {
        TensorEntry entry = entry(name);
        return Scoped.handOver(() -> entry.bytes() == 0 ? nothing(entry) : view(entry));
    }

    private static Tensor nothing(TensorEntry entry) {
        return zeros(entry.shape(), new TensorOptions(entry.dtype().scalarType()));
    }

    private Tensor view(TensorEntry entry) {
        long position = dataStart + entry.begin();
        Tensor slice = bytes.narrow(0, position, entry.bytes());
        boolean aligned = position % entry.dtype().bytes() == 0;
        return (aligned ? slice : slice.clone())
                .view(entry.dtype().scalarType())
                .view(entry.shape());
    }

    private TensorEntry entry(String name) {
        TensorEntry entry = header.tensors().get(name);
        if (entry == null) {
            throw new InputException(file + ": there is no tensor '" + name + "' among its "
                    + header.tensors().size());
        }
        return entry;
    }

    /** Releases this file's own hold on the mapping; tensors taken from it keep theirs. */
    @Override
    public void close() {
        bytes.close();
    }
}
