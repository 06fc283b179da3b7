#!/usr/bin/env python3
"""Compares what transformers and PEFT say of a text with what Tether says of it.

    tools/compare_adapter.py MODEL [ADAPTER] [--text TEXT] [--tether ./tether]

MODEL is a Hugging Face directory, ADAPTER a directory written by `tether train` with lora.rank > 0, or by PEFT. Prints the greatest
difference of a token's logprob, in nats, and fails where it is above --tolerance. Needs torch, transformers and, with an adapter, peft;
no part of the build or of the tests.
"""
import argparse
import json
import subprocess
import sys


def of_tether(arguments, ids):
    command = [arguments.tether, "score", "--model", arguments.model, "--ids", ",".join(map(str, ids)), "--json"]
    if arguments.adapter:
        command += ["--adapter", arguments.adapter]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["logprobs"]


def of_python(arguments, ids):
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(arguments.model).float()
    if arguments.adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, arguments.adapter)
    model.eval()
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double()
    logprobs = torch.log_softmax(logits, -1)
    return [logprobs[t, ids[t + 1]].item() for t in range(len(ids) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("adapter", nargs="?")
    parser.add_argument("--text", default="Once upon a time there was a little cat who liked to play.")
    parser.add_argument("--tether", default="./tether")
    parser.add_argument("--tolerance", type=float, default=2e-4)
    arguments = parser.parse_args()

    from transformers import AutoTokenizer

    ids = AutoTokenizer.from_pretrained(arguments.model)(arguments.text)["input_ids"]
    ours = of_tether(arguments, ids)
    theirs = of_python(arguments, ids)
    ours = ours[-len(theirs):]
    worst = max(abs(a - b) for a, b in zip(ours, theirs))
    print(f"{len(theirs)} tokens, greatest difference {worst:.2e} nats (tolerance {arguments.tolerance:g})")
    sys.exit(0 if worst <= arguments.tolerance else 1)


if __name__ == "__main__":
    main()
