package dev.tether.cli.model;

import dev.tether.cli.console.ExitCode;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.directory.ExportType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a plain model of a model and its adapter. */
@Command(
        name = "merge",
        header = "One model out of a model and its LoRA adapter.",
        description = {
            "Adds what the adapter does to the weights themselves and writes a Hugging Face model directory, which needs the "
                    + "adapter no more. The adapter may be one of Tether's own runs or of PEFT (adapter_config.json, "
                    + "adapter_model.safetensors)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether merge --model DIR --adapter runs/NAME/adapter --out merged",
            "  tether merge --model DIR --adapter runs/NAME/adapter --out merged --type bfloat16"
        })
public final class MergeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "The model that the adapter was trained on.")
    private String model;

    @Option(names = "--adapter", paramLabel = "DIR", required = true, description = "The adapter.")
    private Path adapter;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Directory of the new model; a model that is there is replaced.")
    private Path out;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "float32",
            converter = ExportTypeName.class,
            description =
                    "Number type of the weights: float32, float16, bfloat16 or original. Default: ${DEFAULT-VALUE}.")
    private ExportType type;

    @Override
    public Integer call() {
        Path base = ModelNames.directory(model);
        requireElsewhere(base);
        requireElsewhere(adapter);
        try (TorchPolicyModel policy = LanguageModels.openAdapted(base, adapter, ModelSettings.inference())) {
            policy.export(out, type);
        } catch (IOException e) {
            throw new InputException("cannot write " + out + ": " + AtomicFiles.reason(e), e);
        }
        spec.commandLine().getOut().println("model: " + out);
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }

    private void requireElsewhere(Path source) {
        if (out.toAbsolutePath().normalize().equals(source.toAbsolutePath().normalize())) {
            throw new InputException("--out " + out + " is what is merged: choose another directory");
        }
    }
}
