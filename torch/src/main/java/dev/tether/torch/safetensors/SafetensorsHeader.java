package dev.tether.torch.safetensors;

import dev.tether.run.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON header of a safetensors file, checked against every law of the format: known dtypes, byte length = product
 * of the shape × element size, and tensors that fill the data exactly, without gap or overlap.
 *
 * @param metadata free text pairs of the writer
 * @param tensors by name, sorted
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorEntry> tensors) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(8).build())
            .build();
    private static final int MAX_DIMENSIONS = 64;

    /**
     * @param json the header without its length prefix
     * @param dataBytes bytes of the file after the header
     * @throws InputException naming the file, the tensor, the value and the law
     */
    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        if (json.length == 0 || json[0] != '{') {
            throw new InputException(file + ": the header does not begin with '{': this is not a safetensors file");
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            SafetensorsHeader header = new Reader(file, parser).header();
            header.requireExactCover(file, dataBytes);
            return header;
        } catch (JacksonException e) {
            throw new InputException(file + ": the header is not valid JSON at byte "
                    + (8
                            + Math.max(
                                    0,
                                    e.getLocation() == null
                                            ? 0
                                            : e.getLocation().getByteOffset())) + ": "
                    + e.getOriginalMessage());
        }
    }

    private void requireExactCover(Path file, long dataBytes) {
        List<TensorEntry> ordered = new ArrayList<>(tensors.values());
        ordered.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long covered = 0;
        for (TensorEntry entry : ordered) {
            if (entry.begin() != covered) {
                throw new InputException(file + ": tensor '" + entry.name() + "' begins at data byte " + entry.begin()
                        + " where the tensor before it ends at " + covered
                        + ": tensors must follow each other without gap or overlap");
            }
            covered = entry.end();
        }
        if (covered > dataBytes) {
            throw new InputException(file + ": the file is torn: its header describes " + covered
                    + " bytes of tensors, it holds " + dataBytes);
        }
        if (covered < dataBytes) {
            throw new InputException(file + ": " + (dataBytes - covered)
                    + " bytes after the last tensor belong to none: tensors must fill the file");
        }
    }

    /** Reads the JSON token by token: duplicates and wrong types are named with the tensor they concern. */
    private record Reader(Path file, JsonParser parser) {
        SafetensorsHeader header() {
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, TensorEntry> tensors = new TreeMap<>();
            boolean metadataSeen = false;
            require(parser.nextToken() == JsonToken.START_OBJECT, "the header", "must be a JSON object");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("__metadata__")) {
                    require(!metadataSeen, "__metadata__", "stands twice in the header");
                    metadataSeen = true;
                    readMetadata(metadata);
                } else {
                    require(tensors.put(name, readTensor(name)) == null, tensor(name), "stands twice in the header");
                }
            }
            require(onlySpaceIsLeft(), "the header", "has text after its closing brace");
            return new SafetensorsHeader(metadata, tensors);
        }

        private boolean onlySpaceIsLeft() {
            return parser.nextToken() == null;
        }

        private void readMetadata(Map<String, String> metadata) {
            require(parser.currentToken() == JsonToken.START_OBJECT, "__metadata__", "must be a JSON object");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                require(
                        parser.nextToken() == JsonToken.VALUE_STRING,
                        "__metadata__ key '" + key + "'",
                        "must have a string as its value");
                require(
                        metadata.put(key, parser.getString()) == null,
                        "__metadata__ key '" + key + "'",
                        "stands twice in the header");
            }
        }

        private TensorEntry readTensor(String name) {
            require(parser.currentToken() == JsonToken.START_OBJECT, tensor(name), "must be described by an object");
            Dtype dtype = null;
            long[] shape = null;
            long[] offsets = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "dtype" -> dtype = once(name, key, dtype, readDtype(name));
                    case "shape" -> shape = once(name, key, shape, readLongs(name, key, MAX_DIMENSIONS));
                    case "data_offsets" -> offsets = once(name, key, offsets, readLongs(name, key, 2));
                    default -> throw fault(tensor(name), "has the unknown key '" + key + "'");
                }
            }
            require(dtype != null, tensor(name), "has no dtype");
            require(shape != null, tensor(name), "has no shape");
            require(offsets != null && offsets.length == 2, tensor(name), "must have two data_offsets, begin and end");
            TensorEntry entry = new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
            requireSize(entry);
            return entry;
        }

        private <T> T once(String name, String key, T before, T value) {
            require(before == null, tensor(name), "has the key '" + key + "' twice");
            return value;
        }

        private Dtype readDtype(String name) {
            require(parser.currentToken() == JsonToken.VALUE_STRING, tensor(name), "must have a string as its dtype");
            String text = parser.getString();
            return Dtype.named(text)
                    .orElseThrow(() -> fault(
                            tensor(name),
                            "has the unknown dtype '" + text + "', must be one of " + List.of(Dtype.values())));
        }

        private long[] readLongs(String name, String key, int atMost) {
            require(parser.currentToken() == JsonToken.START_ARRAY, tensor(name), key + " must be an array");
            long[] values = new long[atMost];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                require(count < atMost, tensor(name), key + " has more than " + atMost + " entries");
                values[count++] = readLong(name, key);
            }
            return java.util.Arrays.copyOf(values, count);
        }

        private long readLong(String name, String key) {
            require(
                    parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
                    tensor(name),
                    key + " contains " + parser.getString() + ", must be whole numbers from 0 to 2^63 - 1");
            long value = parser.getLongValue();
            require(value >= 0, tensor(name), key + " contains " + value + ", must not be negative");
            return value;
        }

        private void requireSize(TensorEntry entry) {
            String of = tensor(entry.name());
            require(
                    entry.begin() <= entry.end(),
                    of,
                    "ends at data byte " + entry.end() + ", before its begin " + entry.begin());
            long bytes = entry.dtype().bytes();
            try {
                for (long size : entry.shape()) {
                    bytes = Math.multiplyExact(bytes, size);
                }
            } catch (ArithmeticException e) {
                throw fault(of, "has shape " + java.util.Arrays.toString(entry.shape()) + ": more than 2^63 bytes");
            }
            require(
                    bytes == entry.bytes(),
                    of,
                    "spans " + entry.bytes() + " bytes, its shape " + java.util.Arrays.toString(entry.shape()) + " of "
                            + entry.dtype() + " needs " + bytes);
        }

        private static String tensor(String name) {
            return "tensor '" + name + "'";
        }

        private void require(boolean holds, String what, String law) {
            if (!holds) {
                throw fault(what, law);
            }
        }

        private InputException fault(String what, String law) {
            return new InputException(file + ": " + what + " " + law);
        }
    }
}
