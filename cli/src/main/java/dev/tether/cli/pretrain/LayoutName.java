package dev.tether.cli.pretrain;

import dev.tether.cli.console.Words;
import dev.tether.torch.pretrain.Documents;
import picocli.CommandLine.ITypeConverter;

/** Reads how a text is cut into documents. */
final class LayoutName implements ITypeConverter<Documents.Layout> {
    @Override
    public Documents.Layout convert(String word) throws Exception {
        return Words.lowerCase(Documents.Layout.class).convert(word);
    }
}
