package dev.tether.cli.model;

import dev.tether.cli.console.Words;
import dev.tether.torch.directory.ExportType;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code bfloat16} as the export type of that name. */
final class ExportTypeName implements ITypeConverter<ExportType> {
    @Override
    public ExportType convert(String word) throws Exception {
        return Words.lowerCase(ExportType.class).convert(word);
    }
}
