package dev.tether.core;

import dev.tether.core.kl.ResponseMask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads golden.json: float64 numbers from other trainers' code; non-finite numbers are strings. */
public final class GoldenJson {
    private static JsonNode root;

    private GoldenJson() {}

    /** The section of that name; the test is skipped where the golden file is absent. */
    public static synchronized JsonNode section(String name) {
        if (root == null) {
            String shared = System.getProperty("tether.shared");
            Assumptions.assumeTrue(shared != null, "the property tether.shared is not set");
            Path file = Path.of(shared, "golden", "golden.json");
            Assumptions.assumeTrue(Files.isRegularFile(file), "no golden file at " + file);
            root = JsonMapper.builder().build().readTree(file.toFile());
        }
        JsonNode section = root.get(name);
        if (section == null) {
            throw new IllegalArgumentException("golden.json has no section " + name);
        }
        return section;
    }

    /** The cases of a section, at least one. */
    public static List<JsonNode> cases(String name) {
        return cases(section(name));
    }

    /** The cases of a node, at least one. */
    public static List<JsonNode> cases(JsonNode section) {
        List<JsonNode> cases = new ArrayList<>();
        section.get("cases").forEach(cases::add);
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("a golden section without cases");
        }
        return cases;
    }

    public static String name(JsonNode node) {
        return node.get("name").asString();
    }

    public static double number(JsonNode node, String field) {
        return number(node.get(field));
    }

    private static double number(JsonNode value) {
        return value.isString() ? Double.parseDouble(value.asString()) : value.asDouble();
    }

    public static double[] vector(JsonNode node, String field) {
        return vector(node.get(field));
    }

    private static double[] vector(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(array.get(i));
        }
        return values;
    }

    public static double[][] matrix(JsonNode node, String field) {
        return matrix(node.get(field));
    }

    /** One matrix of a list of matrices. */
    public static double[][] matrix(JsonNode list, int index) {
        return matrix(list.get(index));
    }

    private static double[][] matrix(JsonNode array) {
        double[][] rows = new double[array.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = vector(array.get(i));
        }
        return rows;
    }

    public static int[] integers(JsonNode node, String field) {
        double[] values = vector(node, field);
        int[] integers = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            integers[i] = (int) values[i];
        }
        return integers;
    }

    /** A 0/1 matrix where 1 counts. */
    public static ResponseMask mask(JsonNode node, String field) {
        return ResponseMask.of(flags(node, field, 1));
    }

    /** A 0/1 matrix of padding, where 1 does not count. */
    public static ResponseMask paddingMask(JsonNode node, String field) {
        return ResponseMask.of(flags(node, field, 0));
    }

    private static boolean[][] flags(JsonNode node, String field, double meansTrue) {
        double[][] numbers = matrix(node, field);
        boolean[][] flags = new boolean[numbers.length][];
        for (int b = 0; b < numbers.length; b++) {
            flags[b] = new boolean[numbers[b].length];
            for (int t = 0; t < numbers[b].length; t++) {
                flags[b][t] = numbers[b][t] == meansTrue;
            }
        }
        return flags;
    }
}
