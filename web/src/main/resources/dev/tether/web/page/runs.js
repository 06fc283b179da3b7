// The list of runs: legend, choice of what is shown, and where each one stands.
import {brief, byId, el, swatch, whole} from "/words.js";

const WORDS = {reading: "being read", running: "running", silent: "stands still", completed: "done", diverged: "diverged", unreadable: "cannot be read"};
const SEARCH_FROM = 8;

export class RunList {
  constructor(store) {
    this.store = store;
    this.items = new Map();
    this.list = byId("runs");
    this.search = byId("run-search");
    this.search.addEventListener("input", () => this.find());
    byId("all-runs").addEventListener("click", () => store.setHidden([]));
    byId("no-runs").addEventListener("click", () => store.setHidden([...store.runs.keys()]));
    store.addEventListener("runs", () => this.update());
    store.addEventListener("visibility", () => this.update());
  }

  update() {
    for (const run of this.store.runs.values()) {
      if (!this.items.has(run.id)) {
        this.items.set(run.id, this.item(run));
        this.list.append(this.items.get(run.id).node);
      }
      const item = this.items.get(run.id);
      const isShown = !this.store.hidden.has(run.id);
      if (item.told !== run || item.box.checked !== isShown || item.of !== this.store.runs.size) {
        Object.assign(item, {told: run, of: this.store.runs.size});
        this.fill(item, run);
      }
    }
    const many = this.store.runs.size > 1;
    byId("all-runs").hidden = !many;
    byId("no-runs").hidden = !many;
    this.search.hidden = this.store.runs.size < SEARCH_FROM;
  }

  item(run) {
    const box = el("input", {type: "checkbox", onchange: () => this.toggle(run.id, box.checked)});
    const state = el("span", {className: "state"});
    const figures = el("p", {className: "figures"});
    const problem = el("p", {className: "problem", hidden: true});
    const only = el("button", {type: "button", className: "only", title: "show this run alone",
      onclick: () => this.store.setHidden([...this.store.runs.keys()].filter(id => id !== run.id))}, "only");
    const node = el("li", {data: {run: run.id}},
      el("div", {className: "run-head"}, el("label", {title: run.directory}, box, swatch(run.id), el("span", {className: "run-name"}, run.name)), only),
      state, figures, problem);
    return {node, box, state, figures, problem, only};
  }

  toggle(id, isShown) {
    const hidden = new Set(this.store.hidden);
    isShown ? hidden.delete(id) : hidden.add(id);
    this.store.setHidden(hidden);
  }

  fill(item, run) {
    item.box.checked = !this.store.hidden.has(run.id);
    item.node.classList.toggle("off", !item.box.checked);
    item.only.hidden = this.store.runs.size < 2;
    item.state.className = `state ${run.state}`;
    const of = run.planned_steps > 0 ? ` of ${whole(run.planned_steps)}` : "";
    const step = run.rows > 0 ? `step ${whole(run.last_step)}${of}` : "no step yet";
    item.state.textContent = `${step} · ${WORDS[run.state]}`;
    item.figures.textContent = this.figures(run);
    item.problem.hidden = run.problem === undefined;
    item.problem.textContent = run.problem ?? "";
  }

  figures(run) {
    const {latest} = run;
    const unit = run.unit === "nats_per_token" ? "token" : "sequence";
    const kl = latest[`reference_kl.nats_per_${unit}`];
    const target = latest["controller.target"];
    const rest = [];
    if (latest.kl_coef !== undefined) {
      rest.push(`β ${brief(latest.kl_coef, 3)}`);
    }
    if (latest["score.mean"] !== undefined) {
      rest.push(`score ${brief(latest["score.mean"], 3)}`);
    }
    const lines = kl === undefined ? [] : [`KL ${brief(kl, 3)}${target !== undefined ? ` (target ${brief(target, 3)})` : ""}`];
    return [...lines, rest.join(" · ")].join("\n");
  }

  find() {
    const text = this.search.value.toLowerCase();
    for (const [id, item] of this.items) {
      item.node.hidden = !this.store.runs.get(id).name.toLowerCase().includes(text);
    }
  }
}
