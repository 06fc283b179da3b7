// What the policy wrote, token by token in the colour of its log-ratio to the reference.
import {brief, byId, el, hideTip, showTip, whenQuiet, whole} from "/words.js";

const AT_ONCE = 30;
const FULL_NATS = 3;
const SHADES = 8;
const AGAIN_MILLIS = 50;

export class Samples {
  constructor(store) {
    this.store = store;
    this.run = byId("sample-run");
    this.order = byId("sample-order");
    this.text = byId("sample-search");
    this.from = byId("sample-from");
    this.to = byId("sample-to");
    this.body = byId("sample-table").tBodies[0];
    this.newer = byId("sample-newer");
    this.moreButton = byId("sample-more");
    this.note = byId("sample-note");
    this.question = 0;
    this.rows = 0;
    this.controls();
    this.legend();
    store.addEventListener("runs", () => this.runsChanged());
    store.addEventListener("step", event => this.chooseSteps(...event.detail));
  }

  controls() {
    const anew = () => this.anew();
    this.run.addEventListener("change", anew);
    this.order.addEventListener("change", anew);
    for (const field of [this.text, this.from, this.to]) {
      field.addEventListener("input", whenQuiet(anew, 200));
    }
    this.newer.addEventListener("click", anew);
    this.moreButton.addEventListener("click", () => this.ask(this.rows));
    document.querySelectorAll("#sample-table th button").forEach(button => button.addEventListener("click", () => {
      this.order.value = this.order.value === button.dataset.down ? button.dataset.up : button.dataset.down;
      this.anew();
    }));
    this.body.addEventListener("mouseover", event => this.hover(event));
    this.body.addEventListener("mouseout", event => event.target.closest(".token") && hideTip());
  }

  legend() {
    byId("token-scale").append(...[-3, -1.5, -0.5, 0, 0.5, 1.5, 3].flatMap(nats =>
      [" ", el("span", {className: `token ${shade(nats)}`}, brief(nats))]), " (red: the policy likes it more than the reference does)");
  }

  runsChanged() {
    const known = new Set([...this.run.options].map(option => Number(option.value)));
    const isFirst = known.size === 0;
    for (const run of this.store.runs.values()) {
      if (!known.has(run.id)) {
        this.run.append(el("option", {value: run.id}, run.name));
      }
    }
    const run = this.store.runs.get(Number(this.run.value));
    if (isFirst && run) {
      this.anew();
    } else if (run && this.told !== undefined && (run.rows !== this.told.rows || run.generation !== this.told.generation)) {
      if (this.rows === 0) {
        this.anew();
      } else {
        this.newer.hidden = run.rows <= this.told.rows;
      }
    }
  }

  /** The samples of the steps that were clicked at in a chart. */
  chooseSteps(from, to) {
    this.from.value = from;
    this.to.value = to;
    this.anew();
  }

  anew() {
    this.newer.hidden = true;
    this.told = {...this.store.runs.get(Number(this.run.value))};
    this.ask(0);
  }

  async ask(offset) {
    const question = ++this.question;
    const query = new URLSearchParams({run: this.run.value, order: this.order.value, text: this.text.value.trim(), offset, limit: AT_ONCE});
    for (const field of [this.from, this.to]) {
      if (field.value !== "" && field.validity.valid) {
        query.set(field.id.replace("sample-", ""), field.value);
      }
    }
    let answer;
    try {
      ({answer} = await this.store.json(`/api/samples?${query}`));
    } catch (problem) {
      if (question === this.question) {
        this.note.textContent = problem.message;
      }
      return;
    }
    if (question !== this.question) {
      return;
    }
    this.show(answer, offset);
    if (answer.read_share < 1) {
      setTimeout(() => question === this.question && this.ask(0), AGAIN_MILLIS);
    }
  }

  show(answer, offset) {
    const rows = answer.samples.map(sample => this.row(sample));
    if (offset === 0) {
      this.body.replaceChildren(...rows);
      this.rows = rows.length;
    } else {
      this.body.append(...rows);
      this.rows += rows.length;
    }
    this.moreButton.hidden = !answer.has_more || rows.length < AT_ONCE;
    this.note.textContent = this.words(answer);
    document.querySelectorAll("#sample-table th button").forEach(button => {
      const {up, down} = button.dataset;
      button.dataset.sorted = this.order.value === up ? "up" : this.order.value === down ? "down" : "";
    });
  }

  words(answer) {
    if (answer.read_share < 1) {
      return `reading the samples: ${Math.round(100 * answer.read_share)} %`;
    }
    if (answer.known === 0) {
      return "this run has no samples yet";
    }
    const all = `${whole(this.rows)} of ${whole(answer.known)} samples`;
    if (this.text.value.trim() !== "" && answer.has_more && answer.samples.length < AT_ONCE) {
      return `${all}; looked through the first ${whole(answer.looked)}: narrow the steps to look further`;
    }
    return this.rows === 0 ? `none of ${whole(answer.known)} samples` : all;
  }

  row(sample) {
    const tokens = sample.response_ids.map((id, t) => this.token(sample, id, t));
    // a run that does not tell its tokens' texts: the text as a whole, and the numbers at the ids below
    const response = sample.response_tokens
      ? el("span", {className: "response"}, ...tokens)
      : el("span", {className: "response"}, sample.response, el("span", {className: "ids"}, ...tokens));
    return el("tr", {},
      el("td", {className: "number"}, whole(sample.step)),
      el("td", {className: "said"}, el("span", {className: "prompt"}, sample.prompt), response,
        sample.stop_reason === "truncated" ? el("span", {className: "muted"}, " …cut off") : null),
      el("td", {className: "number"}, brief(sample.score)),
      el("td", {className: "number"}, brief(sample.kl_nats)));
  }

  token(sample, id, t) {
    const ratio = sample.logprobs[t] - sample.ref_logprobs[t];
    const text = sample.response_tokens ? sample.response_tokens[t] : ` ${id}`;
    const node = el("span", {className: `token ${sample.mask[t] ? shade(ratio) : "uncounted"}`}, text.replaceAll("▁", " ").replaceAll("\n", "⏎\n"));
    node.numbers = {text, id, t, logprob: sample.logprobs[t], refLogprob: sample.ref_logprobs[t], counts: sample.mask[t]};
    return node;
  }

  hover(event) {
    const token = event.target.closest(".token");
    if (!token) {
      return;
    }
    const {text, id, t, logprob, refLogprob, counts} = token.numbers;
    const ratio = logprob - refLogprob;
    const line = (name, value, remark) => el("tr", {}, el("td", {}, name), el("td", {className: "number"}, value), el("td", {className: "muted"}, remark));
    showTip(event.clientX, event.clientY,
      el("b", {}, `“${visible(text)}”`), el("span", {className: "muted"}, ` token ${t + 1}, id ${id}${counts ? "" : ", does not count"}`),
      el("table", {},
        line("log π", brief(logprob), `probability ${percent(logprob)}`),
        line("log π_ref", brief(refLogprob), `probability ${percent(refLogprob)}`),
        line("log-ratio (k1)", brief(ratio), "nats"),
        line("k3", brief(Math.expm1(-ratio) + ratio), "nats")));
  }
}

function percent(logprob) {
  return `${brief(100 * Math.exp(logprob), 3)} %`;
}

function visible(text) {
  return text.replaceAll(" ", "␣").replaceAll("▁", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}

/** One of eight shades of red above 0, of blue below; none where policy and reference agree. */
function shade(nats) {
  const level = Math.round(SHADES * Math.min(1, Math.abs(nats) / FULL_NATS));
  return level === 0 ? "" : `${nats > 0 ? "more" : "less"}-${level}`;
}
