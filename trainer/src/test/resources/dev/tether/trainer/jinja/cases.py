"""Writes cases.json: templates, values and what Jinja2 makes of them, set up as transformers does.

python3 cases.py    (Jinja2 3.1.6)
"""
import json
import random

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

CHATS = [
    [{"role": "user", "content": " Hi there!\n"}],
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Is 1 < 2 & {{ x }} {% y %}?"}],
    [
        {"role": "user", "content": "A \"quoted\" \\n line"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes."},
        {"role": "user", "content": "Wirklich? ä€😀"},
    ],
]
SNIPPETS = [
    "{% for m in messages %}<{{ m.role }}>{{ m['content'] | trim }}{% endfor %}",
    "{%- for m in messages -%}\n  {{- m.role + ': ' + m.content -}}\n{%- endfor -%}\n",
    "{% for m in messages %}\n    {% if m.role == 'user' %}\nU {{ m.content }}\n    {% elif m.role == 'system' %}\nS {{ m.content }}\n    {% else %}\nA\n    {% endif %}\n{% endfor %}\nend\n",
    "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set s = messages[0].content %}{% else %}{% set rest = messages %}{% set s = false %}{% endif %}{{ s }}|{{ rest | length }}",
    "{% for m in messages[::-1] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ m.role }} {% endfor %}",
    "{% set ns = namespace(seen=false, last=messages|length - 1) %}{% for m in messages %}{% if not ns.seen and m.role == 'user' %}{% set ns.seen = true %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}{{ ns.seen }} {{ ns.last }}",
    "{% set x = 1 %}{% for m in messages %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}",
    "{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ m.role }}{% else %}none{% endfor %}",
    "{% for m in [] %}x{% else %}none{% endfor %}",
    "{% for k, v in {'a': 1, 'b': 'two'}.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for m in messages %}{% if loop.index0 == 1 %}{% break %}{% endif %}{{ m.role }}{% endfor %}",
    "{% for m in messages %}{% if m.role == 'assistant' %}{% continue %}{% endif %}{{ m.role }}{% endfor %}",
    "{% for m in messages %}{% set c = m.content.split('</think>')[-1].lstrip('\\n') if '</think>' in m.content else m.content %}{{ c }}|{% endfor %}",
    "{{ messages[0].content.strip().upper() }} {{ messages[0].content.startswith(' Hi') }} {{ messages[-1].content.endswith('?') }}",
    "{{ messages[0].tool_calls is defined }} {{ messages[0].tool_calls }} {{ tools is none }} {{ nothing is defined }} {{ not nothing }}",
    "{{ 'a' ~ 1 ~ true ~ none }} {{ 2 + 3 * 4 - 1 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ (1 + 2) * 3 }} {{ 1 < 2 < 3 }} {{ 3 > 2 and not 1 == 2 or false }}",
    "{{ 'x' if messages else 'y' }}{{ 'z' if nothing }}{{ ('p' if false else 'q') + 'r' }}",
    "{{ messages | map(attribute='role') | join(', ') }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | rejectattr('role', 'equalto', 'user') | map(attribute='content') | join('/') }}",
    "{{ messages[0] | tojson }} {{ 'ä\"\\n' | tojson }} {{ [1, true, none, 'x'] | tojson }}",
    "{{ nothing | default('d') }} {{ '' | default('e', true) }} {{ 'abc' | first }}{{ [1, 2] | last }} {{ 'aXbX' | replace('X', '-') }} {{ 'hello wORLD' | title }} {{ 'hELLO' | capitalize }}",
    "{{ 'abcdef'[1:4] }} {{ 'abcdef'[:-2] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[::2] }} {{ [1, 2, 3][5] is defined }} {{ 'abc'[-1] }}",
    "{{ 'it''s' }} {{ \"q\\\"q\" }} {{ '\\u00e4' }} {{ 'a\\tb' }}",
    "{{ 5 is odd }} {{ 4 is even }} {{ 'x' is string }} {{ 1 is number }} {{ messages is iterable }} {{ messages[0] is mapping }} {{ none is none }} {{ 1 is not none }} {{ 'a' is in ['a'] }} {{ true is true }} {{ 'u' is eq 'u' }}",
    "{{ 'b' in 'abc' }} {{ 'd' not in ['a'] }} {{ 'role' in messages[0] }} {{ messages[0].get('role') }} {{ messages[0].get('x', 'none') }} {{ messages[0].get('x') }}",
    "{% set t %}\n  in {{ messages | length }}\n{% endset %}[{{ t }}]",
    "{# a comment #}\nx {# another -#}\n  y\n  {#- third #}z",
    "a\n  {%+ if true %}b{% endif +%}\nc\n",
    "{{ bos_token }}\n{{ eos_token -}}\n\n  x",
    "{{ ' x '|trim + '.' }}{{ 'a b  c'.split() | join('_') }}{{ 'a,b,,c'.split(',') | length }}{{ 'xxaxx'.strip('x') }}{{ 'xxaxx'.rstrip('x') }}",
    "{{ 1 == '1' | int }} {{ '12' | int + 1 }} {{ 'x' | int }} {{ 3 | string + 'a' }} {{ [1, 2] + [3] == [1, 2, 3] }}",
    "{% for i in range(3) %}{{ i }}{{ loop.previtem }}{{ loop.nextitem is defined }}{% endfor %}{{ range(2, 5) | list | length }}",
    "{{ -1 }} {{ - 2 + 3 }} {{ not true == false }} {{ 'a' 'b' }} {{ {'k': [1]}['k'][0] }} {{ {'k': {'j': 2}}.k.j }}",
    "{{ messages | length > 1 }} {{ messages|length == 1 and messages[0].role == 'user' }} {{ (messages | first).role }} {{ messages[messages|length - 1].role }}",
]
REFUSED = [
    "{{ raise_exception('Roles must alternate') }}",
    "{{ nothing.x }}",
    "{{ 'a' + 1 }}",
    "{{ 'a' | nofilter }}",
    "{{ 1 is notest }}",
    "{{ nofunction() }}",
    "{{ 'a'.nomethod() }}",
    "{% if true %}",
    "{{ 1 + }}",
    "{{ 'a }}",
    "{% nosuchtag %}",
    "{{ ''.__class__.__mro__ }}{{ x.__init__() }}",
    "{% set messages.x = 1 %}",
    "{{ 1 < 'a' }}",
    "{% for a, b in [1] %}{% endfor %}",
    "{% endfor %}",
]


def woven(seed):
    """A template of tags, texts and white space, to compare where white space goes."""
    draw = random.Random(seed)
    space = lambda: "".join(draw.choice([" ", "  ", "\n", "\n\n", "\t", ""]) for _ in range(draw.randrange(3)))
    left = lambda: draw.choice(["", "", "-", "+"])
    right = lambda: draw.choice(["", "", "-"])

    def body(depth):
        out = ""
        for _ in range(draw.randrange(1, 4)):
            out += space()
            kind = draw.randrange(5 if depth else 3)
            if kind == 0:
                out += draw.choice(["x", "y z", "w."])
            elif kind == 1:
                out += "{{" + draw.choice(["", "-"]) + " 'v' " + right() + "}}"
            elif kind == 2:
                out += "{#" + draw.choice(["", "-"]) + " c " + right() + "#}"
            elif kind == 3:
                out += "{%" + left() + " if true " + right() + "%}" + body(depth - 1) + "{%" + left() + " endif " + right() + "%}"
            else:
                out += "{%" + left() + " for i in [1, 2] " + right() + "%}" + body(depth - 1) + "{%" + left() + " endfor " + right() + "%}"
        return out + space()

    return body(3)


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env.globals["raise_exception"] = raise_exception
    env.filters["tojson"] = lambda x: json.dumps(x, ensure_ascii=False)
    return env


def main():
    env, cases = environment(), []
    base = {"tools": None, "add_generation_prompt": True, "bos_token": "<s>", "eos_token": "</s>"}
    for template in SNIPPETS:
        for chat in CHATS:
            text = env.from_string(template).render(messages=chat, **base)
            cases.append({"template": template, "messages": chat, "expected": text})
    for seed in range(300):
        template = woven(seed)
        cases.append({"template": template, "messages": CHATS[0], "expected": env.from_string(template).render(messages=CHATS[0], **base)})
    for template in REFUSED:
        try:
            env.from_string(template).render(messages=CHATS[0], **base)
            raise SystemExit("not refused: " + template)
        except (jinja2.exceptions.TemplateError, TypeError, AttributeError):
            cases.append({"template": template, "messages": CHATS[0], "expected": None})
    with open("cases.json", "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n")


main()
