// What the monitor found in the runs that are shown, newest first, with the numbers behind each finding.
import {brief, byId, el, swatch, whenQuiet, whole} from "/words.js";

const MOST = 200;
const RANK = {critical: 2, warning: 1, info: 0};

export class Findings {
  constructor(store) {
    this.store = store;
    this.list = byId("finding-list");
    this.withInfo = byId("with-info");
    this.known = "";
    this.all = [];
    this.withInfo.addEventListener("change", () => this.show());
    const look = whenQuiet(() => this.look(), 150);
    store.addEventListener("runs", look);
    store.addEventListener("visibility", look);
  }

  async look() {
    const runs = this.store.visible();
    const state = runs.map(run => `${run.id}:${run.generation}:${JSON.stringify(run.notices)}`).join();
    if (state === this.known) {
      return;
    }
    try {
      this.all = runs.length === 0 ? [] : await this.store.json(`/api/findings?runs=${runs.map(run => run.id).join(",")}`);
      this.known = state;
      this.show();
    } catch {
      // the next summary asks again
    }
  }

  show() {
    const found = this.all
      .filter(({notice}) => this.withInfo.checked || notice.severity !== "info")
      .sort((a, b) => b.notice.step - a.notice.step || RANK[b.notice.severity] - RANK[a.notice.severity]);
    const serious = this.all.filter(({notice}) => notice.severity !== "info").length;
    byId("finding-count").textContent = serious > 0 ? serious : "";
    byId("finding-note").textContent = found.length === 0 ? "nothing found so far"
      : found.length > MOST ? `the newest ${MOST} of ${found.length}` : "";
    this.list.replaceChildren(...found.slice(0, MOST).map(({run, notice}) => this.item(run, notice)));
  }

  item(id, notice) {
    const run = this.store.runs.get(id);
    return el("li", {className: notice.severity},
      el("div", {className: "finding-head"},
        el("span", {className: "severity"}, notice.severity),
        el("code", {}, notice.code),
        el("span", {className: "muted"}, swatch(id), run.name),
        el("span", {className: "muted"}, `step ${whole(notice.step)}`)),
      el("p", {}, notice.sentence),
      notice.advice ? el("p", {className: "muted"}, notice.advice) : null,
      notice.explanation ? el("details", {}, el("summary", {}, "the numbers"), el("ul", {}, numbers(notice.explanation))) : null);
  }
}

function numbers(explanation) {
  const parts = explanation.parts ?? [];
  return el("li", {}, el("b", {}, brief(explanation.value)), ` ${explanation.sentence}`,
    parts.length > 0 ? el("ul", {}, ...parts.map(numbers)) : null);
}
