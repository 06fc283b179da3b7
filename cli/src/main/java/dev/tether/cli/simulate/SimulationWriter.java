package dev.tether.cli.simulate;

import dev.tether.core.simulate.Replay;
import dev.tether.core.simulate.ResponseFit;
import dev.tether.core.simulate.ResponseModel;
import dev.tether.core.simulate.StepResponse;
import dev.tether.run.report.SimulationPage;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A simulation as JSON and as a page. */
final class SimulationWriter {
    private static final JsonMapper JSON = JsonMapper.shared();

    private SimulationWriter() {}

    static SimulationPage page(Simulation simulation) {
        RecordedKl log = simulation.log();
        return new SimulationPage(
                "Controllers on " + log.name(),
                SimulationText.facts(simulation),
                simulation.target(),
                simulation.laws().stream()
                        .map(law -> new SimulationPage.Steered(law.name(), law.run(), law.response()))
                        .toList(),
                Optional.of(new SimulationPage.Recorded("recorded", log.steps(), log.nats(), log.klCoefs())));
    }

    static String json(Simulation simulation) {
        ObjectNode json = JSON.createObjectNode();
        json.set("log", log(simulation.log()));
        ObjectNode target = json.putObject("target");
        target.put("nats", simulation.target().nats());
        target.put("unit", simulation.target().unit().label());
        json.set("response", response(simulation.fit()));
        json.put("reading_error", simulation.readingError().share());
        json.put("steps", simulation.replay().steps());
        json.put("episodes", simulation.replay().episodes());
        ArrayNode laws = json.putArray("controllers");
        simulation.laws().forEach(law -> laws.add(law(law, simulation)));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    private static ObjectNode log(RecordedKl log) {
        ObjectNode json = JSON.createObjectNode();
        json.put("name", log.name());
        json.set("notes", JSON.valueToTree(log.notes()));
        json.set("steps", JSON.valueToTree(log.steps()));
        json.set("nats", JSON.valueToTree(log.nats()));
        json.set("kl_coefs", JSON.valueToTree(log.klCoefs()));
        return json;
    }

    private static ObjectNode response(ResponseFit fit) {
        ResponseModel model = fit.model();
        ObjectNode json = JSON.createObjectNode();
        json.put("equilibrium_nats", model.equilibriumNats());
        json.put("at_kl_coef", ResponseModel.REFERENCE_KL_COEF);
        json.put("exponent", model.exponent());
        json.put("exponent_assumed", fit.exponentSource() == ResponseFit.ExponentSource.ASSUMED);
        json.put("rate", model.rate());
        json.put("speed_limit", model.speedLimit());
        json.put("unexplained_share", fit.relativeError());
        return json;
    }

    private static ObjectNode law(Simulation.Law law, Simulation simulation) {
        StepResponse held = law.response();
        ObjectNode json = JSON.createObjectNode();
        json.put("name", law.name());
        json.put("rise_step", step(held.riseStep()));
        json.put("overshoot", held.overshoot());
        json.put("settled_step", step(held.settledStep()));
        json.put("last_third_mean", held.lastThirdMean());
        json.put("last_third_error", held.lastThirdError());
        json.put("at_bound_share", held.atBoundShare());
        json.set("nats", JSON.valueToTree(law.run().nats()));
        json.set("readings", JSON.valueToTree(law.run().readings()));
        json.set("kl_coefs", JSON.valueToTree(law.run().klCoefs()));
        json.set(
                "kl_coefs_asked_of_the_log",
                JSON.valueToTree(Replay.openLoop(
                        law.controller(),
                        simulation.log().readings(),
                        simulation.replay().episodes())));
        return json;
    }

    /** Counted from 1; null = never. */
    private static Integer step(int step) {
        return step < 0 ? null : step + 1;
    }
}
