package dev.tether.torch.golden;

import dev.tether.torch.Shared;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reference numbers of other implementations. */
public final class GoldenFile {
    private GoldenFile() {}

    /** A JSON file below the shared folder. */
    public static JsonNode json(String relative) {
        return new JsonMapper().readTree(Shared.path(relative).toFile());
    }

    /** The cases of one section of golden.json. */
    public static List<JsonNode> cases(String section) {
        List<JsonNode> cases = new ArrayList<>();
        json("golden/golden.json").path(section).path("cases").forEach(cases::add);
        return cases;
    }

    public static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    public static double[][] doubles2(JsonNode rows) {
        double[][] values = new double[rows.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = doubles(rows.get(i));
        }
        return values;
    }

    public static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    public static int[][] ints2(JsonNode rows) {
        int[][] values = new int[rows.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = ints(rows.get(i));
        }
        return values;
    }

    /** True where the array holds anything but 0. */
    public static boolean[][] flags2(JsonNode rows) {
        boolean[][] values = new boolean[rows.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = new boolean[rows.get(i).size()];
            for (int t = 0; t < values[i].length; t++) {
                values[i][t] = rows.get(i).get(t).asDouble() != 0;
            }
        }
        return values;
    }
}
