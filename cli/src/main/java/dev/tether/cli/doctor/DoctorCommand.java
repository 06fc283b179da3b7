package dev.tether.cli.doctor;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Version;
import dev.tether.core.vocabulary.VocabularySums;
import dev.tether.run.InputException;
import dev.tether.torch.engine.EngineFacts;
import dev.tether.torch.engine.TorchEngine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at everything that training needs of this machine, and says what is amiss. */
@Command(
        name = "doctor",
        header = "What Tether finds on this machine, and whether it is well.",
        description = "Looks at Java, the native libraries, threads, the speed of a matrix product, GPU and disk. Ends "
                + "with 1 where something is amiss that training would feel.",
        footerHeading = "%nExamples:%n",
        footer = {"  tether doctor", "  OPENBLAS_CORETYPE=Haswell tether doctor   the speed of other kernels"})
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of libtorch; 0 = one per core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    private PrintWriter out;
    private int complaints;

    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        complaints = 0;
        fact("tether", Version.number());
        fact(
                "java",
                System.getProperty("java.vm.name") + " " + Runtime.version() + ", " + System.getProperty("java.home"));
        fact(
                "system",
                Version.platform() + ", " + Runtime.getRuntime().availableProcessors() + " cores, "
                        + Machine.processor() + ", " + Machine.memory());
        fact("sums", sums());
        engine();
        disk();
        out.println(complaints == 0 ? "all is well" : complaints + " thing" + (complaints == 1 ? "" : "s") + " amiss");
        out.flush();
        return complaints == 0 ? ExitCode.DONE : ExitCode.CHECK_FAILED;
    }

    private static String sums() {
        String found = VocabularySums.best().describe();
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? found
                : found
                        + "; TETHER_JAVA_OPTS=--add-modules=jdk.incubator.vector makes audits of full distributions faster";
    }

    private void engine() {
        try {
            TorchEngine.start(threads);
        } catch (InputException e) {
            fact("libtorch", "missing");
            complain(e.getMessage());
            return;
        }
        EngineFacts facts = EngineFacts.measure();
        fact("libtorch", facts.version() + ", " + facts.cpuCapability() + ", " + threads(facts.threads()));
        fact("waiting", waiting());
        fact(
                "blas",
                facts.blas() + ", " + threads(facts.blasThreads()) + ", a 1024 x 1024 product runs at "
                        + String.format(Locale.ROOT, "%.0f GFLOP/s", facts.gigaflopsPerSecond()));
        fact("gpu", facts.hasGpu() ? "found; training on it is not supported yet" : "none; models run on the CPU");
        if (facts.blasThreads() > 1) {
            complain("OpenBLAS has threads of its own beside torch's: set OPENBLAS_NUM_THREADS=1");
        }
        if (Machine.hasAvx512() && facts.blas().contains("Haswell")) {
            complain("the processor has AVX-512 but OpenBLAS does not use it: set OPENBLAS_CORETYPE=Cooperlake");
        }
    }

    private void disk() {
        Path here = Path.of("").toAbsolutePath();
        long free = here.toFile().getUsableSpace();
        fact("disk", Machine.size(free) + " free in " + here);
        if (free < 1L << 30) {
            complain("less than 1 GiB is free: checkpoints of a run may not fit");
        }
        if (!here.toFile().canWrite()) {
            complain("the directory cannot be written to: start runs elsewhere, or give --out");
        }
        for (Path cache : Machine.caches()) {
            fact("cache", Machine.size(Machine.bytesUnder(cache)) + " in " + cache);
        }
    }

    private static String waiting() {
        String policy = System.getenv().getOrDefault("OMP_WAIT_POLICY", "not set");
        return policy.equalsIgnoreCase("passive")
                ? "threads of torch sleep (OMP_WAIT_POLICY=passive)"
                : "threads of torch may spin (OMP_WAIT_POLICY: " + policy + "), slow where anything else runs";
    }

    private static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    private void fact(String name, String value) {
        out.printf(Locale.ROOT, "%-10s %s%n", name, value);
    }

    private void complain(String sentence) {
        complaints++;
        out.printf(Locale.ROOT, "%-10s %s%n", "  amiss:", sentence);
    }
}
