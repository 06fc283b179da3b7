package dev.tether.cli.pretrain;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.train.Interrupts;
import dev.tether.run.AtomicFiles;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.pretrain.Documents;
import dev.tether.torch.pretrain.PretrainReport;
import dev.tether.torch.pretrain.PretrainSettings;
import dev.tether.torch.pretrain.Pretrainer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a small model from scratch. */
@Command(
        name = "pretrain",
        header = "Make a small language model from scratch, from any text.",
        description = {
            "Learns a tokenizer (byte-level BPE) and a Llama network from the text and writes both as a Hugging Face "
                    + "model directory, weights in half precision. One document in fifty (1000 at most) is held out and "
                    + "only measured. Ctrl-C ends the learning after the step and saves what was learned; a second Ctrl-C "
                    + "stops at once and leaves no model.",
            "",
            "The world \"reviews\" is the grammar of short customer reviews that the built-in model was made from: "
                    + "--documents of it are written by the grammar and learned. The directory then also holds "
                    + "prompts.jsonl, and the last lines tell how far the model is from the grammar itself."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether pretrain --text stories.txt --layout paragraphs --out my-model --steps 2000",
            "  tether pretrain --world reviews --out reviews",
            "  tether train --model my-model --prompts prompts.txt"
        })
public final class PretrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    private static final class Source {
        @Option(names = "--text", paramLabel = "FILE", required = true, description = "A UTF-8 text to learn from.")
        private Optional<Path> text = Optional.empty();

        @Option(
                names = "--world",
                paramLabel = "NAME",
                required = true,
                description = "A grammar to learn from: reviews.")
        private Optional<String> world = Optional.empty();
    }

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The new model directory.")
    private Path out;

    @Option(
            names = "--layout",
            paramLabel = "L",
            defaultValue = "lines",
            converter = LayoutName.class,
            description = "How --text is cut into documents: lines, or paragraphs with blank lines between them. "
                    + "Default: ${DEFAULT-VALUE}.")
    private Documents.Layout layout;

    @Option(
            names = "--documents",
            paramLabel = "N",
            defaultValue = "100000",
            description = "How many documents of --world are written. Default: ${DEFAULT-VALUE}.")
    private int documents;

    @Option(
            names = "--text-out",
            paramLabel = "FILE",
            description = "Also save the documents that are learned from, one per line (those of --world).")
    private Optional<Path> textOut;

    @Mixin
    private PretrainOptions options;

    @Override
    public Integer call() {
        PretrainSettings settings = options.settings();
        Optional<ReviewWorld> world = source.world.map(name -> ReviewWorld.named(name, settings.seed()));
        List<String> texts = world.map(w -> w.documents(documents))
                .orElseGet(() -> Documents.read(source.text.orElseThrow(), layout));
        if (world.isPresent()) {
            textOut.ifPresent(file -> AtomicFiles.writeFile(file, String.join("\n", texts) + "\n"));
        }
        TorchEngine.start(options.threads());
        PrintWriter terminal = spec.commandLine().getOut();
        LearningProgress progress = new LearningProgress(
                terminal, "documents", any -> settings.course().steps(), System::nanoTime);
        Interrupts interrupts = Interrupts.listen(
                () -> progress.say("stopping after this step, then saving (Ctrl-C again: stop at once)"));
        PretrainReport report = new Pretrainer(texts, settings).run(out, progress, interrupts);
        world.ifPresent(w -> AtomicFiles.writeFile(out.resolve("prompts.jsonl"), w.prompts()));
        progress.finished(report);
        world.ifPresent(w -> progress.say(w.comparison(report)));
        terminal.println("model: " + out);
        terminal.flush();
        return report.steps() < settings.course().steps() ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }
}
