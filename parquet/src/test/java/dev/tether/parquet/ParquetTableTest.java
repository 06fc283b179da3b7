package dev.tether.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.table.TableFile;
import dev.tether.trainer.table.TableRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {
    @TempDir
    private Path directory;

    @Test
    void rowsComeInOrderWithListsStructsAndNumbers() throws SQLException {
        Path file = written("chat.parquet", """
                SELECT [{'role': 'user', 'content': 'Q' || i}] AS prompt, i AS id, 'NaN'::DOUBLE AS odd
                FROM range(5000) r(i)""", "COMPRESSION zstd");
        List<TableRow> rows = rows(file);
        assertThat(rows).hasSize(5000);
        assertThat(rows.get(4321).place()).isEqualTo(file + " row 4322");
        assertThat(rows.get(4321).cells().get("prompt").toString())
                .isEqualTo("[{\"role\":\"user\",\"content\":\"Q4321\"}]");
        assertThat(rows.get(4321).cells().get("id").intValue()).isEqualTo(4321);
        assertThat(rows.get(0).cells().get("odd").doubleValue()).isNaN();
    }

    @Test
    void promptsOfAParquetFileAreThoseOfTheSameJsonLines() throws SQLException, IOException {
        Path parquet =
                written("p.parquet", "SELECT * FROM (VALUES ('Zoë''s', 1), ('', 2), (NULL, 3)) t(prompt, id)", "");
        Path json = Files.writeString(
                directory.resolve("p.jsonl"),
                "{\"prompt\": \"Zoë's\", \"id\": 1}\n{\"prompt\": \"\", \"id\": 2}\n{\"prompt\": null, \"id\": 3}\n");
        PromptFile one = PromptFile.read(parquet, Optional.empty());
        PromptFile other = PromptFile.read(json, Optional.empty());
        assertThat(one.prompts())
                .extracting(PromptFile.Line::text)
                .isEqualTo(other.prompts().stream().map(PromptFile.Line::text).toList())
                .containsExactly("Zoë's");
        assertThat(one.empty()).isEqualTo(other.empty()).isEqualTo(2);
    }

    @Test
    void aNameIsNoPattern() throws SQLException {
        written("ab.parquet", "SELECT 'wrong' AS prompt", "");
        assertThat(rows(written("a[b]*?'s.parquet", "SELECT 'right' AS prompt", "")))
                .extracting(row -> row.cells().get("prompt").stringValue())
                .containsExactly("right");
    }

    @Test
    void wrongFilesAreRefusedInOneLine() throws IOException, SQLException {
        Path whole = written("whole.parquet", "SELECT 'x' AS prompt", "");
        byte[] bytes = Files.readAllBytes(whole);
        Path torn = Files.write(directory.resolve("torn.parquet"), Arrays.copyOf(bytes, bytes.length - 7));
        byte[] scribbled = bytes.clone();
        Arrays.fill(scribbled, bytes.length - 60, bytes.length - 8, (byte) 0xff);
        Path footer = Files.write(directory.resolve("footer.parquet"), scribbled);
        Path text = Files.writeString(directory.resolve("text.parquet"), "{\"prompt\": \"a\"}\n");
        Path empty = Files.write(directory.resolve("empty.parquet"), new byte[0]);
        for (Path file : List.of(torn, footer, text, empty)) {
            assertThatThrownBy(() -> rows(file))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(file + " cannot be read as Parquet: ")
                    .message()
                    .hasLineCount(1);
        }
        assertThatThrownBy(() -> rows(directory.resolve("absent.parquet")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("absent.parquet: no such file");
    }

    private static List<TableRow> rows(Path file) {
        List<TableRow> rows = new ArrayList<>();
        TableFile.read(file, "prompt file", rows::add);
        return rows;
    }

    private Path written(String name, String query, String option) throws SQLException {
        Path plain = directory.resolve("written.tmp");
        try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = database.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + plain + "' (FORMAT parquet"
                    + (option.isEmpty() ? "" : ", " + option) + ")");
            return Files.move(plain, directory.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
