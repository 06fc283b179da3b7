"""Tells a run to `tether serve --ingest`, step by step, and takes its shaped rewards and next KL coefficient back.

    run = TetherRun("my-run", steps=500, **{"belt.target": 6.0})
    answer = run.step([{"logprobs": [...], "ref_logprobs": [...], "mask": [1, 1, 0], "score": 0.7}, ...], entropy=1.9)
    answer["rewards"], answer["next_kl_coef"], answer["findings"]; at the end: run.end()

Python 3.8 or newer, no dependencies. docs/ingest.md says what may stand in a sequence and what is answered.
"""
import json
import os
import time
import urllib.error
import urllib.request


class TetherError(Exception):
    """What was told breaks a law; the message says which one, and where."""


class TetherRun:
    def __init__(self, name, steps, url=None, token=None, after_step=None, patience=60, **settings):
        self.url = (url or os.environ.get("TETHER_URL", "http://127.0.0.1:7878")).rstrip("/") + "/api/ingest/runs"
        self.token = token or os.environ["TETHER_INGEST_TOKEN"]
        self.patience = patience  # seconds to go on trying where no answer comes: every post may be repeated
        opening = {"name": name, "steps": steps, "settings": settings}
        if after_step is not None:  # a trainer that went back to a checkpoint takes its run back too
            opening["after_step"] = after_step
        state = self._post("", "application/json", json.dumps(opening))
        self.url += "/" + name
        self.last_step, self.kl_coef = state["step"], state["kl_coef"]

    def step(self, sequences, **figures):
        """The next step: a list with one dict per response, and figures of the update such as entropy."""
        head = {"step": self.last_step + 1, "sequences": len(sequences), "figures": figures}
        answer = self._post("/steps", "application/x-ndjson", "\n".join(map(json.dumps, [head, *sequences])))
        self.last_step, self.kl_coef = answer["step"], answer["next_kl_coef"]
        return answer

    def end(self, outcome="completed"):
        return self._post("/end", "application/json", json.dumps({"outcome": outcome}))

    def _post(self, path, kind, body):
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": kind}
        deadline = time.monotonic() + self.patience
        while True:
            try:
                request = urllib.request.Request(self.url + path, body.encode(), headers)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                if refusal.code not in (503, 507) or time.monotonic() > deadline:
                    raise TetherError(f"{refusal.code}: {refusal.read().decode()}") from None
            except OSError:  # the server is away: it will remember every step that it answered
                if time.monotonic() > deadline:
                    raise
            time.sleep(1)
