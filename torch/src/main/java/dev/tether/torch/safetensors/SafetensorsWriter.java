package dev.tether.torch.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes files in the safetensors format, byte for byte as the reference implementation does: tensors by falling
 * element width, then by name; the header padded with spaces to eight bytes.
 */
public final class SafetensorsWriter {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CHUNK_BYTES = 1 << 26;
    private static final int HEADER_ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes aside, flushes to the disk, then renames: {@code file} is either the old one or the whole new one, even
     * after a crash.
     *
     * @param tensors dense tensors on the CPU; the same data always gives the same bytes
     * @param metadata free text pairs, such as {@code format=pt}
     */
    public static void write(Path file, LinkedHashMap<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path aside = directory.resolve("." + file.getFileName() + ".writing");
        try {
            try (FileChannel channel = FileChannel.open(
                    aside, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
                writeTo(channel, tensors, metadata);
                channel.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            flushDirectory(directory);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** Makes the renaming itself survive a power cut; a system that cannot open a directory needs no such step. */
    private static void flushDirectory(Path directory) throws IOException {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void writeTo(FileChannel channel, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing((Map.Entry<String, Tensor> e) -> dtype(e.getValue()))
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()));
        writeAll(channel, header(ordered, metadata));
        for (Map.Entry<String, Tensor> entry : ordered) {
            writeData(channel, entry.getValue());
        }
    }

    private static ByteBuffer header(List<Map.Entry<String, Tensor>> ordered, Map<String, String> metadata) {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            metadata.forEach(header.putObject("__metadata__")::put);
        }
        long begin = 0;
        for (Map.Entry<String, Tensor> entry : ordered) {
            begin = describe(header.putObject(entry.getKey()), entry.getValue(), begin);
        }
        byte[] json = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    /** Writes one tensor's description; returns the byte after its last. */
    private static long describe(ObjectNode node, Tensor tensor, long begin) {
        Dtype dtype = dtype(tensor);
        long end = begin + tensor.numel() * dtype.bytes();
        node.put("dtype", dtype.name());
        ArrayNode shape = node.putArray("shape");
        for (long size : tensor.shape()) {
            shape.add(size);
        }
        node.putArray("data_offsets").add(begin).add(end);
        return end;
    }

    private static Dtype dtype(Tensor tensor) {
        return Dtype.of(tensor.scalar_type());
    }

    @SuppressWarnings("try") // the scope acts by being open
    private static void writeData(FileChannel channel, Tensor tensor) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor dense = tensor.detach().contiguous();
            long bytes = dense.numel() * dtype(tensor).bytes();
            BytePointer data = new BytePointer(dense.data_ptr());
            for (long at = 0; at < bytes; at += CHUNK_BYTES) {
                data.position(at).limit(Math.min(bytes, at + CHUNK_BYTES));
                writeAll(channel, data.asByteBuffer());
            }
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
