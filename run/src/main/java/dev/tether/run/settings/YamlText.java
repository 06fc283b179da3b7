package dev.tether.run.settings;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** YAML 1.2 text to {@link Node}s that know their line and column; one document, no aliases, no tags. */
final class YamlText {
    private static final YAMLMapper MAPPER = new YAMLMapper();
    private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

    private final String source;
    private final JsonParser parser;

    private YamlText(String source, JsonParser parser) {
        this.source = source;
        this.parser = parser;
    }

    static Node.Mapping read(Path file) {
        Node node = parse(file.toString(), text(file));
        if (node instanceof Node.Mapping mapping) {
            return mapping;
        }
        throw new InputException(node.place() + ": must be \"key: value\" lines, found " + node.shown());
    }

    /** One value of a command line. */
    static Node value(String place, String text) {
        try {
            Node node = parse(place, text);
            if (node instanceof Node.Sequence sequence) {
                return sequence;
            }
            return node instanceof Node.Scalar scalar && scalar.kind() != Node.Kind.TEXT
                    ? new Node.Scalar(place, scalar.kind(), text)
                    : new Node.Scalar(place, Node.Kind.UNQUOTED, text);
        } catch (InputException e) {
            return new Node.Scalar(place, Node.Kind.UNQUOTED, text);
        }
    }

    private static String text(Path file) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InputException("cannot read " + file + ": it is not UTF-8 text", e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static Node parse(String source, String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            YamlText yaml = new YamlText(source, parser);
            if (parser.nextToken() == null) {
                return Node.Mapping.empty(source);
            }
            Node root = yaml.node("");
            if (parser.nextToken() != null) {
                throw new InputException(yaml.place() + ": a second YAML document begins here; settings are one");
            }
            return root;
        } catch (JacksonException e) {
            throw new InputException(problem(source, e), e);
        }
    }

    private Node node(String path) {
        refuseAliasesAndTags();
        String place = place();
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(path, place);
            case START_ARRAY -> sequence(path, place);
            case VALUE_NULL -> new Node.Scalar(place, Node.Kind.NOTHING, "null");
            case VALUE_TRUE, VALUE_FALSE -> new Node.Scalar(place, Node.Kind.TRUTH, parser.getString());
            case VALUE_NUMBER_INT -> new Node.Scalar(place, Node.Kind.WHOLE, parser.getString());
            case VALUE_NUMBER_FLOAT -> new Node.Scalar(place, Node.Kind.FRACTION, parser.getString());
            default ->
                parser.getString().equals("~")
                        ? new Node.Scalar(place, Node.Kind.NOTHING, "null")
                        : new Node.Scalar(place, Node.Kind.TEXT, parser.getString());
        };
    }

    private Node mapping(String path, String place) {
        Node.Mapping mapping = Node.Mapping.empty(place);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPlace = place();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            if (mapping.values().containsKey(key)) {
                throw new InputException(keyPlace + ": " + keyPath + " stands here a second time, first at "
                        + mapping.keyPlaces().get(key));
            }
            parser.nextToken();
            mapping.put(key, node(keyPath), keyPlace);
        }
        return mapping;
    }

    private Node sequence(String path, String place) {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(path));
        }
        return new Node.Sequence(place, items);
    }

    private void refuseAliasesAndTags() {
        if (((YAMLParser) parser).isCurrentAlias()) {
            throw new InputException(place() + ": YAML aliases (*name) are not supported in settings");
        }
        if (parser.getTypeId() != null) {
            throw new InputException(place() + ": YAML tags (!name) are not supported in settings");
        }
    }

    private String place() {
        var location = parser.currentTokenLocation();
        return source + ":" + location.getLineNr() + ":" + location.getColumnNr();
    }

    /** The parser's sentence without its quotation of the text, behind the last place that it names. */
    private static String problem(String source, JacksonException e) {
        String place = source;
        StringBuilder sentence = new StringBuilder();
        for (String line : e.getOriginalMessage().lines().toList()) {
            Matcher matcher = PLACE.matcher(line);
            if (matcher.find()) {
                place = source + ":" + matcher.group(1) + ":" + matcher.group(2);
            } else if (!line.startsWith(" ")) {
                sentence.append(sentence.isEmpty() ? "" : ", ").append(line.strip());
            }
        }
        return place + ": not YAML: " + sentence;
    }
}
