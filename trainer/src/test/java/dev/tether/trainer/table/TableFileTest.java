package dev.tether.trainer.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TableFileTest {
    @TempDir
    private Path directory;

    @Test
    void everyFormatGivesTheSameRows() throws IOException {
        List<String> expected =
                List.of("{\"prompt\":\"a, \\\"b\\\"\",\"id\":\"1\"}", "{\"prompt\":\"ü\\nx\",\"id\":\"2\"}");
        assertThat(cells(
                        "p.jsonl",
                        "{\"prompt\": \"a, \\\"b\\\"\", \"id\": \"1\"}\n\n{\"prompt\": \"ü\\nx\", \"id\": \"2\"}\n"))
                .isEqualTo(expected);
        String array = "[\n{\"prompt\": \"a, \\\"b\\\"\", \"id\": \"1\"},\n{\"prompt\": \"ü\\nx\", \"id\": \"2\"}]";
        assertThat(cells("p.json", array)).isEqualTo(expected);
        assertThat(cells(
                        "q.json",
                        "{\"version\": [1, [2], {\"a\": 3}], \"none\": [], \"o\": {\"x\": [{}]}, \"data\": " + array
                                + ", \"n\": [\"x\", \"y\"]}"))
                .isEqualTo(expected);
        assertThat(cells(
                        "r.json",
                        "{\"prompt\": \"a, \\\"b\\\"\", \"id\": \"1\"}{\"prompt\": \"ü\\nx\", \"id\": \"2\"}"))
                .isEqualTo(expected);
        assertThat(cells("p.csv", "\uFEFFprompt, id\r\n\"a, \"\"b\"\"\",1\r\n\r\n\"ü\r\nx\",2\r\n"))
                .isEqualTo(expected);
        assertThat(cells("p.TSV", "prompt\tid\n\"a, \"\"b\"\"\"\t1\n\"ü\nx\"\t2"))
                .isEqualTo(expected);
    }

    @Test
    void everyRowKnowsTheLineItBeginsAt() throws IOException {
        assertThat(positions("p.jsonl", "{}\n\n  \n{}\n")).containsExactly("line 1", "line 4");
        assertThat(positions("p.json", "[{},\n\n{\"a\":\n[1,\n2]},\n{}]"))
                .containsExactly("line 1", "line 3", "line 6");
        assertThat(positions("q.json", "{\"v\": 1,\n\"rows\": [\n{},\n{}]}")).containsExactly("line 3", "line 4");
        assertThat(positions("p.csv", "a,b\n1,2\n\"3\n\n3\",4\n5,6\n")).containsExactly("line 2", "line 3", "line 6");
        assertThat(positions("p.txt", "a\n\nb\n")).containsExactly("line 1", "line 3");
    }

    @Test
    void filesWithoutRowsHaveNone() throws IOException {
        for (String name : List.of("p.jsonl", "p.json", "p.csv", "p.tsv", "p.txt")) {
            assertThat(cells(name, "")).as(name).isEmpty();
        }
        assertThat(cells("header.csv", "prompt,id\n")).isEmpty();
        assertThat(cells("array.json", "[]")).isEmpty();
    }

    @Test
    void wrongFilesAreRefusedWithTheirLine() throws IOException {
        refused("torn.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"b\n", "torn.jsonl line 2 is not JSON: ");
        refused("two.jsonl", "{\"a\": 1}{\"b\": 2}\n", "two.jsonl line 1 is not JSON: ");
        refused("twice.jsonl", "{\"a\": 1, \"a\": 2}\n", "twice.jsonl line 1 is not JSON: ", "uplicate");
        refused("array.jsonl", "[\"a\"]", "array.jsonl line 1 must be a JSON object", "found [\"a\"]");
        refused("nul.jsonl", "{\"a\": \"x\0y\"}", "nul.jsonl line 1 is not JSON: ");
        refused("torn.json", "[{\"a\": 1},\n{\"a\": ", "torn.json line 2 cannot be read: ");
        refused("text.json", "hello", "text.json line 1 cannot be read: ");
        refused("number.json", "7", "number.json: must be an array of objects, begins with 7");
        refused("row.json", "[{},\n3]", "row.json line 2: a row must be a JSON object, found 3");
        refused(
                "none.json",
                "{\"a\": 1, \"b\": [1]}",
                "none.json: the object must hold one array of objects",
                "it holds none");
        refused("many.json", "{\"a\": [{}], \"b\": [{}]}", "many.json: ", "it holds a, b");
        refused("after.json", "[{}]\n[{}]", "after.json line 2: nothing may follow the array");
        refused("cells.csv", "a,b\n1,2\n1,2,3\n", "cells.csv line 3 has 3 cells, the header has 2 columns (a, b)");
        refused("few.tsv", "a\tb\n1\n", "few.tsv line 2 has 1 cells, the header has 2 columns (a, b)");
        refused("names.csv", "a,b,a\n", "names.csv line 1: two columns are called \"a\"");
        refused("quote.csv", "a,b\n\"1,2\n3,4\n", "quote.csv is not delimited text: ");
        refused("nul.csv", "a\nb\0\n", "nul.csv line 2 has a NUL byte");
        refused("nul.txt", "a\nb\0c\n", "nul.txt line 2 has a NUL byte");
        for (String name : List.of("p.txt", "p.csv", "p.jsonl", "p.json")) {
            byte[] latin = "[{}\n,\"caf\u00e9\"]\n".getBytes(StandardCharsets.ISO_8859_1);
            Path file = Files.write(directory.resolve("latin-" + name), latin);
            assertThatThrownBy(() -> rows(file))
                    .as(name)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("latin-" + name + " line " + (name.equals("p.jsonl") ? 1 : 2));
        }
        Path parquet = Files.writeString(directory.resolve("x.parquet"), "PAR1");
        assertThatThrownBy(() -> rows(parquet))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("module tether-parquet, which is not on the class path");
    }

    /** Sparse: it takes no room on the disk. */
    @Test
    @Timeout(60)
    void aLineOfTwoGibibytesIsRefusedWithoutHoldingIt() throws IOException {
        for (String name : List.of("long.jsonl", "long.txt", "long.csv", "long.json")) {
            Path file = Files.writeString(directory.resolve(name), "[\n\"");
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(2L << 30);
            }
            assertThatThrownBy(() -> rows(file))
                    .as(name)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(name + " line ")
                    .message()
                    .hasLineCount(1)
                    .hasSizeLessThan(400);
        }
    }

    @Test
    @Timeout(60)
    void aQuoteThatIsNeverClosedDoesNotFillTheMemory() throws IOException {
        Path file = Files.writeString(
                directory.resolve("open.csv"), "prompt\n\"" + ("word ".repeat(200) + "\n").repeat(40_000));
        assertThatThrownBy(() -> rows(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is a closing quote missing?");
    }

    private void refused(String name, String content, String... fragments) throws IOException {
        Path file = Files.writeString(directory.resolve(name), content);
        assertThatThrownBy(() -> rows(file))
                .as(name)
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(fragments)
                .message()
                .hasLineCount(1);
    }

    private List<String> cells(String name, String content) throws IOException {
        return rows(Files.writeString(directory.resolve(name), content)).stream()
                .map(row -> row.cells().toString())
                .toList();
    }

    private List<String> positions(String name, String content) throws IOException {
        return rows(Files.writeString(directory.resolve(name), content)).stream()
                .map(TableRow::position)
                .toList();
    }

    private static List<TableRow> rows(Path file) {
        List<TableRow> rows = new ArrayList<>();
        TableFile.read(file, "prompt file", rows::add);
        return rows;
    }
}
