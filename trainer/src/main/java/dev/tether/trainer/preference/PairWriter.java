package dev.tether.trainer.preference;

import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.model.StopReason;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes comparisons as {@link PreferenceFile} reads them: TRL's layout, with how each answer ended. */
public final class PairWriter {
    private static final JsonMapper JSON = JsonMapper.shared();

    private PairWriter() {}

    /** One line per row. */
    public static String jsonLines(List<PreferenceRow> rows) {
        StringBuilder text = new StringBuilder();
        for (PreferenceRow row : rows) {
            text.append(json(row)).append('\n');
        }
        return text.toString();
    }

    private static ObjectNode json(PreferenceRow row) {
        ObjectNode json = JSON.createObjectNode();
        PreferencePair pair = row.pair();
        pair.spoken()
                .ifPresentOrElse(
                        spoken -> {
                            json.set("prompt", messages(spoken.chosen().before()));
                            json.set("chosen", messages(spoken.chosen().answer()));
                            json.set("rejected", messages(spoken.rejected().answer()));
                        },
                        () -> json.put("prompt", pair.prompt())
                                .put("chosen", pair.chosen())
                                .put("rejected", pair.rejected()));
        json.put("chosen_ended", row.chosenEnd() == StopReason.ENDED)
                .put("rejected_ended", row.rejectedEnd() == StopReason.ENDED);
        return row.margin() > 0 ? json.put("margin", row.margin()) : json;
    }

    private static ArrayNode messages(List<ChatMessage> messages) {
        ArrayNode list = JSON.createArrayNode();
        messages.forEach(
                message -> list.addObject().put("role", message.role().word()).put("content", message.content()));
        return list;
    }
}
