package dev.tether.web.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Answers as JSON: keys in snake case, words in lower case, what is unknown is absent, and null within a list. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .changeDefaultPropertyInclusion(i -> i.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private Json() {}

    public static byte[] bytes(Object answer) {
        return MAPPER.writeValueAsBytes(answer);
    }

    static String text(Object answer) {
        return MAPPER.writeValueAsString(answer);
    }

    /** Writes an answer piece by piece. */
    @FunctionalInterface
    interface Writer {
        void writeTo(JsonGenerator json);
    }

    static byte[] bytes(Writer writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            writer.writeTo(json);
        }
        return out.toByteArray();
    }

    /** In single precision: charts have no more pixels, and the answer is half as long. */
    static void column(JsonGenerator json, String name, double[] values) {
        json.writeName(name);
        json.writeStartArray();
        for (double value : values) {
            if (Double.isNaN(value)) {
                json.writeNull();
            } else {
                json.writeNumber((float) value);
            }
        }
        json.writeEndArray();
    }
}
