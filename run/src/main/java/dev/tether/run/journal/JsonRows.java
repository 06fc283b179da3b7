package dev.tether.run.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlMeasure;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.kl.VocabularyKl;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.ReAnchorSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Records to rows and back: keys are component names in snake case and in the order of the components, enums are lower
 * snake case, absent is absent, and a double is the shortest text that parses back to the same bits.
 */
final class JsonRows {
    private static final JsonMapper MAPPER = mapper();
    private static final JsonFactory TOKENS = new JsonFactory();

    private JsonRows() {}

    static String write(Object row) {
        return MAPPER.writeValueAsString(row);
    }

    /** @throws JacksonException with a message of its own, to be put into words by the caller */
    static <T> T read(String line, Class<T> type) {
        return MAPPER.readValue(line, type);
    }

    /** As {@link #read(String, Class)}, of bytes in UTF-8. */
    static <T> T read(byte[] line, int from, int length, Class<T> type) {
        return MAPPER.readValue(line, from, length, type);
    }

    /** A line, token by token. */
    static JsonParser tokens(byte[] line, int from, int length) {
        return TOKENS.createParser(ObjectReadContext.empty(), line, from, length);
    }

    private static JsonMapper mapper() {
        var factory = JsonFactory.builder()
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return JsonMapper.builder(factory)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .changeDefaultPropertyInclusion(i -> i.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                .addModule(words())
                .annotationIntrospector(new RequiredUnlessOptional())
                .build();
    }

    private static SimpleModule words() {
        var module = new SimpleModule("tether-rows");
        module.addSerializer(new MaskWriter());
        module.addDeserializer(boolean[].class, new MaskReader());
        addEnum(module, KlEstimator.class);
        addEnum(module, VocabularyKl.class);
        module.addDeserializer(KlMeasure.class, new WordReader<>(KlMeasure.class));
        addEnum(module, KlUnit.class);
        addEnum(module, PenaltyPlacement.class);
        addEnum(module, HardLimitSettings.Action.class);
        addEnum(module, ReAnchorSettings.How.class);
        addEnum(module, Finding.Severity.class);
        addEnum(module, RunEnd.Outcome.class);
        addEnum(module, SessionEvent.StopReason.class);
        return module;
    }

    private static <E extends Enum<E>> void addEnum(SimpleModule module, Class<E> type) {
        module.addSerializer(new WordWriter<>(type));
        module.addDeserializer(type, new WordReader<>(type));
    }

    /** What a component of that type may be in a row; empty where it is no choice among words. */
    static List<Enum<?>> constants(Class<?> type) {
        Stream<?> constants = type == KlMeasure.class
                ? Stream.concat(Stream.of(KlEstimator.values()), Stream.of(VocabularyKl.values()))
                : type.isEnum() ? Stream.of(type.getEnumConstants()) : Stream.empty();
        return constants.<Enum<?>>map(constant -> (Enum<?>) constant).toList();
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** A component that is not optional must be in the row: what is missing is not 0. */
    private static final class RequiredUnlessOptional extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;
        private static final Set<Class<?>> OPTIONAL = Set.of(Optional.class, OptionalDouble.class, OptionalLong.class);

        @Override
        public Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            return member instanceof AnnotatedParameter && !OPTIONAL.contains(member.getRawType())
                    ? Boolean.TRUE
                    : super.hasRequiredMarker(config, member);
        }
    }

    private static final class WordWriter<E extends Enum<E>> extends StdSerializer<E> {
        WordWriter(Class<E> type) {
            super(type);
        }

        @Override
        public void serialize(E value, JsonGenerator out, SerializationContext context) {
            out.writeString(word(value));
        }
    }

    private static final class WordReader<T> extends StdDeserializer<T> {
        private final Class<T> type;

        WordReader(Class<T> type) {
            super(type);
            this.type = type;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) {
            String word = in.getString();
            return constants(type).stream()
                    .filter(constant -> word(constant).equals(word))
                    .findFirst()
                    .map(type::cast)
                    .orElseThrow(() -> context.weirdStringException(word, type, "unknown word"));
        }
    }

    private static final class MaskWriter extends StdSerializer<boolean[]> {
        MaskWriter() {
            super(boolean[].class);
        }

        @Override
        public void serialize(boolean[] mask, JsonGenerator out, SerializationContext context) {
            int[] bits = new int[mask.length];
            for (int t = 0; t < mask.length; t++) {
                bits[t] = mask[t] ? 1 : 0;
            }
            out.writeArray(bits, 0, bits.length);
        }
    }

    private static final class MaskReader extends StdDeserializer<boolean[]> {
        MaskReader() {
            super(boolean[].class);
        }

        @Override
        public boolean[] deserialize(JsonParser in, DeserializationContext context) {
            int[] bits = in.readValueAs(int[].class);
            boolean[] mask = new boolean[bits.length];
            for (int t = 0; t < bits.length; t++) {
                Figures.law(bits[t] == 0 || bits[t] == 1, "mask", bits[t], "0 or 1");
                mask[t] = bits[t] == 1;
            }
            return mask;
        }
    }
}
