package dev.tether.trainer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against Jinja2 3.1.6 as transformers sets it up: cases.json, made by cases.py beside it. */
class JinjaTemplateTest {
    private static JsonNode cases() throws Exception {
        try (InputStream in = JinjaTemplateTest.class.getResourceAsStream("cases.json")) {
            return new JsonMapper().readTree(in.readAllBytes());
        }
    }

    private static Map<String, Object> values(JsonNode messages) {
        List<Object> list = new ArrayList<>();
        for (JsonNode message : messages) {
            Map<String, Object> value = new LinkedHashMap<>();
            message.properties()
                    .forEach(entry -> value.put(entry.getKey(), entry.getValue().stringValue()));
            list.add(value);
        }
        Map<String, Object> values = new HashMap<>();
        values.put("messages", list);
        values.put("tools", null);
        values.put("add_generation_prompt", true);
        values.put("bos_token", "<s>");
        values.put("eos_token", "</s>");
        return values;
    }

    private static String render(String template) {
        return JinjaTemplate.parse(template).render(Map.of());
    }

    @Test
    void everyTemplateGivesWhatJinja2Gives() throws Exception {
        int rendered = 0;
        for (JsonNode one : cases()) {
            if (one.path("expected").isString()) {
                String template = one.path("template").stringValue();
                assertThat(JinjaTemplate.parse(template).render(values(one.path("messages"))))
                        .as(template)
                        .isEqualTo(one.path("expected").stringValue());
                rendered++;
            }
        }
        assertThat(rendered).isGreaterThan(390);
    }

    @Test
    void whatJinja2RefusesIsRefused() throws Exception {
        int refused = 0;
        for (JsonNode one : cases()) {
            if (one.path("expected").isNull()) {
                String template = one.path("template").stringValue();
                assertThatThrownBy(() -> JinjaTemplate.parse(template).render(values(one.path("messages"))))
                        .as(template)
                        .isInstanceOf(TemplateException.class);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m() %}{% endmacro %}",
                "{% include '/etc/passwd' %}",
                "{% import 'os' as os %}",
                "{{ 'x' | attr('y') }}",
                "{{ ''.getClass() }}",
                "{{ [].append(1) }}",
                "{{ lipsum() }}",
                "{{ 1.5 }}",
                "{{ [1] }}"
            })
    void whatIsNotPartOfItIsRefusedAndNotSkipped(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
    }

    @Test
    void noJavaObjectCanBeReached() {
        assertThat(render("[{{ ''.class }}{{ [].getClass }}{{ {}.size }}{{ ns }}]"))
                .isEqualTo("[]");
    }

    @Test
    void aTemplateThatRunsAwayIsStopped() {
        String loops = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assertThatThrownBy(() -> render(loops)).hasMessage("takes more than 200000 steps");
        assertThatThrownBy(() -> render("{{ range(100000) | length }}")).hasMessage("counts further than 10000");
        String doubled = "{% set ns = namespace(x='xxxxxxxxxx') %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}"
                + "{% endfor %}";
        assertThatThrownBy(() -> render(doubled)).hasMessage("makes a text of more than 1000000 characters");
        String replaced = "{% set ns = namespace(x='x') %}{% for i in range(40) %}{% set ns.x = ns.x.replace('x', "
                + "'xxxxxxxx') %}{% endfor %}";
        assertThatThrownBy(() -> render(replaced)).hasMessage("makes a text of more than 1000000 characters");
        assertThatThrownBy(() -> render("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}"))
                .hasMessageContaining("nested too deeply");
        assertThatThrownBy(() -> render("{{ " + "not ".repeat(5000) + "1 }}"))
                .hasMessageContaining("nested too deeply");
        assertThatThrownBy(() -> render("{% if 1 %}".repeat(5000))).hasMessageContaining("nested too deeply");
    }

    @Test
    void aFaultNamesItsLine() {
        assertThatThrownBy(() -> JinjaTemplate.parse("a\nb\n{% nonsense %}"))
                .hasMessage("line 3: the tag nonsense is not supported");
        assertThatThrownBy(() -> JinjaTemplate.parse("a\n{{ 1 ? }}")).hasMessage("line 2: unexpected character '?'");
    }
}
