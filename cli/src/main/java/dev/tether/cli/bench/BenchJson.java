package dev.tether.cli.bench;

import dev.tether.cli.console.Words;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.engine.MatmulCeiling;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A measured run as JSON, under the keys by which other trainers were measured and some of its own. */
final class BenchJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Recording recording;
    private final BenchFigures figures;

    BenchJson(Recording recording) {
        this.recording = recording;
        this.figures = new BenchFigures(recording);
    }

    /** The whole recording, every step included. */
    String whole() {
        ObjectNode json = result();
        ArrayNode steps = json.putArray("steps");
        recording.steps().forEach(step -> steps.add(step(step)));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    /** The figures alone, in one line. */
    String line() {
        return JSON.writeValueAsString(result());
    }

    private ObjectNode result() {
        ObjectNode json = JSON.createObjectNode();
        work(json);
        speed(json);
        machine(json);
        learned(json, "first", recording.steps().get(0));
        learned(json, "last", recording.steps().get(recording.steps().size() - 1));
        return json;
    }

    private void work(ObjectNode json) {
        RunSettings settings = recording.settings();
        json.put("impl", figures.implementation())
                .put("model", Path.of(settings.model().policy()).getFileName().toString())
                .put("vocabulary", recording.model().vocabularySize())
                .put("batch", settings.prompts().batchSize())
                .put("prompt_len", recording.promptTokens())
                .put("new_tokens", settings.generation().maxNewTokens())
                .put("tokens_per_step", figures.tokensPerStep().median())
                .put("threads", settings.threads())
                .put("dtype", Words.name(settings.model().dtype()))
                .put("value", figures.value())
                .put(
                        "updates_per_rollout",
                        settings.update().epochs() * settings.update().minibatches())
                .put("kl_coef", settings.belt().klCoef());
    }

    private void speed(ObjectNode json) {
        Spread total = figures.phases().get("total");
        json.put("measured_steps", figures.measured().size())
                .put(
                        "quiet_steps",
                        recording.patience().quiet(recording.steps()).size())
                .put("all_steps", recording.patience().warm(recording.steps()).size())
                .put("s_per_step", total.median())
                .put("s_per_step_min", total.min())
                .put("s_per_step_max", total.max())
                .put("rollout_tok_per_s", figures.tokensPerSecond().median())
                .put("gen_tok_per_s", figures.generationTokensPerSecond().median());
        json.put("old_logprobs_sampled_steps", figures.sampledSteps())
                .put(
                        "old_logprobs_max_disagreement_nats",
                        figures.disagreement().max());
        ObjectNode phases = json.putObject("phases");
        figures.phases().forEach((name, spread) -> phases.put(name, spread.median()));
        put(phases, "delay", Spread.of(figures.measured(), BenchStep::delay).median());
        put(
                phases,
                "other",
                Spread.of(figures.measured(), BenchStep::otherCores).median());
        ObjectNode ranges = json.putObject("phase_ranges");
        figures.phases()
                .forEach((name, spread) ->
                        ranges.putArray(name).add(spread.min()).add(spread.max()));
    }

    private void machine(ObjectNode json) {
        Recording.StartUp startUp = recording.startUp();
        json.putObject("start_s")
                .put("ready", startUp.toReady())
                .put("first_token", startUp.toFirstToken())
                .put("first_step_done", startUp.toEndOfFirstStep());
        recording.peakMebibytes().ifPresent(peak -> json.put("peak_hwm_mib", peak));
        json.put("heap_bytes_per_step", figures.heapBytes().median());
        json.put("update_gflops", figures.updateGigaflops().median());
        json.put("generation_gflops", figures.generationGigaflops().median());
        figures.ceiling().ifPresent(ceiling -> {
            json.put("ceiling_gflops", ceiling);
            json.put("update_utilisation", figures.updateGigaflops().median() / ceiling);
            json.put("generation_utilisation", figures.generationGigaflops().median() / ceiling);
        });
        figures.generationCeiling().ifPresent(ceiling -> {
            json.put("ceiling_gflops_of_a_generation_step", ceiling);
            json.put(
                    "generation_utilisation_of_its_own_ceiling",
                    figures.generationGigaflops().median() / ceiling);
        });
        ceilings(json.putArray("products"), recording.ceilings());
    }

    private static void ceilings(ArrayNode json, List<MatmulCeiling> ceilings) {
        for (MatmulCeiling each : ceilings) {
            json.addObject()
                    .put("rows", each.product().rows())
                    .put("inputs", each.product().inputs())
                    .put("outputs", each.product().outputs())
                    .put("engine", Words.name(each.engine()))
                    .put("gflops", each.gigaflopsPerSecond());
        }
    }

    /** Reward, KL, seconds: the order of the curve. */
    private static void learned(ObjectNode json, String name, BenchStep step) {
        json.putArray(name)
                .add(step.learned().reward())
                .add(step.learned().kl())
                .add(step.seconds());
    }

    private static ObjectNode step(BenchStep step) {
        ObjectNode json = JSON.createObjectNode();
        json.put("total", step.seconds());
        ObjectNode phases = json.putObject("phases");
        step.phases().forEach((phase, seconds) -> phases.put(Words.name(phase), seconds));
        put(json, "delay", step.delay());
        put(json, "other", step.otherCores());
        return json.put("heap_bytes", step.heapBytes())
                .put("tokens", step.tokens())
                .put("longest", step.longest())
                .put("reward", step.learned().reward())
                .put("kl", step.learned().kl())
                .put("update_flops", step.work().updateFlops())
                .put("generation_flops", step.work().generationFlops());
    }

    /** What is unknown is left out. */
    private static void put(ObjectNode json, String key, double value) {
        if (Double.isFinite(value)) {
            json.put(key, value);
        }
    }
}
