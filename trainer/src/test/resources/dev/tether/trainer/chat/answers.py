"""Writes answers.json: conversations with an answer as Jinja2 writes them, set up as transformers and cut as trl does.

python3 answers.py    (Jinja2 3.1.6)

trl: the prompt is apply_chat_template(prompt, add_generation_prompt=True), the answer what
apply_chat_template(prompt + completion) has behind it, or behind what both begin with.
"""
import itertools
import json
import pathlib

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent
OURS = HERE.parents[5] / "main/resources/dev/tether/trainer/chat"

# name: template, what stands behind an answer
FAMILIES = {
    "qwen2": (
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a"
        " helpful assistant.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] +"
        " '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
        "<|im_end|>\n",
    ),
    "gemma": (
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}"
        "{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim +"
        " '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
        "<end_of_turn>\n",
    ),
    "thinking": (
        "{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>' + m.content }}{% if m.role == 'assistant' %}{{ eos_token }}"
        "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|><think>\n' }}{% endif %}",
        "</s>",
    ),
}
ENDS = {
    "chatml": "<|im_end|>\n",
    "llama_2": " </s>",
    "llama_3": "<|eot_id|>",
    "mistral": "</s>",
    "zephyr": "</s>\n",
}
TALKS = [
    ([("user", "Is the sky blue?")], [("assistant", "Yes, im_end of it.")]),
    ([("system", "Be brief."), ("user", " Hi! ")], [("assistant", "end")]),
    (
        [("user", "1"), ("assistant", "one"), ("user", "2 {{ x }}")],
        [("assistant", "two"), ("user", "3?"), ("assistant", " three ä€😀\n")],
    ),
]


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env.globals["raise_exception"] = raise_exception
    return env


def messages(talk):
    return [{"role": role, "content": content} for role, content in talk]


def main():
    env, cases = environment(), []
    templates = {name: (text, end) for name, (text, end) in FAMILIES.items()}
    for name, end in ENDS.items():
        templates[name] = ((OURS / (name + ".jinja")).read_text(encoding="utf-8"), end)
    for name, (text, end) in templates.items():
        template = env.from_string(text)
        for before, answer in TALKS:
            render = lambda talk, ask: template.render(
                messages=messages(talk), add_generation_prompt=ask, tools=None, bos_token="<s>", eos_token="</s>")
            asked, whole = render(before, True), render(before + answer, False)
            prompt = "".join(a for a, _ in itertools.takewhile(lambda both: both[0] == both[1], zip(asked, whole)))
            assert whole.endswith(end), (name, whole)
            cases.append({
                "template": name,
                "text": text,
                "before": messages(before),
                "answer": messages(answer),
                "prompt": prompt,
                "ended": whole[len(prompt):],
                "cut": whole[len(prompt):len(whole) - len(end)],
            })
    (HERE / "answers.json").write_text(
        "[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n", encoding="utf-8")


main()
