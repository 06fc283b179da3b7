package dev.tether.parquet;

import dev.tether.run.InputException;
import dev.tether.trainer.table.TableFormat;
import dev.tether.trainer.table.TableRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Consumer;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Parquet files, read by DuckDB: every row becomes JSON, lists and structs included. The database lives in memory and may
 * touch nothing but the file's directory: no other file, no network, no extension.
 */
public final class ParquetTable implements TableFormat {
    /** DuckDB writes NaN and Infinity as Python does. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    @Override
    public String ending() {
        return ".parquet";
    }

    @Override
    public void read(Path file, Consumer<TableRow> rows) {
        Path absolute = file.toAbsolutePath();
        try (Connection database = DriverManager.getConnection("jdbc:duckdb:", properties());
                Statement statement = database.createStatement()) {
            lockDown(statement, absolute.getParent());
            try (ResultSet result = statement.executeQuery("SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet("
                    + quoted(withoutWildcards(absolute)) + ") t")) {
                for (long number = 1; result.next(); number++) {
                    ObjectNode cells = (ObjectNode) JSON.readTree(result.getString(1));
                    rows.accept(new TableRow(cells, file.toString(), "row " + number));
                }
            }
        } catch (SQLException e) {
            throw new InputException(file + " cannot be read as Parquet: " + firstLine(e), e);
        } catch (LinkageError e) {
            throw new InputException(file + ": DuckDB, which reads Parquet, cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("threads", "1");
        properties.setProperty("memory_limit", "1GB");
        properties.setProperty("temp_directory", "");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        return properties;
    }

    private static void lockDown(Statement statement, Path directory) throws SQLException {
        statement.execute("SET allowed_directories = [" + quoted(directory.toString()) + "]");
        statement.execute("SET enable_external_access = false");
        statement.execute("SET lock_configuration = true");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The name of one file; DuckDB would read it as a pattern. */
    private static String withoutWildcards(Path file) {
        return file.toString().replaceAll("([*?\\[])", "[$1]");
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
