import {Store} from "/data.js";
import {FIGURES, StepChart, keysOf, linesOf} from "/charts.js";
import {PhaseChart} from "/phase.js";
import {RunList} from "/runs.js";
import {Findings} from "/findings.js";
import {Samples} from "/samples.js";
import {byId, forgetColours, oncePerFrame, repaintSwatches, whole} from "/words.js";

const store = new Store();
const FRAME_MILLIS = 4;
let unit = null;
let withMore = false;

const charts = FIGURES.map(figure => figure.phase ? new PhaseChart(figure, store) : new StepChart(figure, store, "sequence"));
FIGURES.forEach((figure, i) => byId(figure.more ? "more-grid" : "chart-grid").append(charts[i].box));
const shown = () => charts.filter((chart, i) => withMore || !FIGURES[i].more);

function want() {
  const figures = FIGURES.filter(figure => withMore || !figure.more);
  const keys = new Set(figures.flatMap(keysOf));
  const lines = figures.filter(figure => !figure.phase);
  // the range within a bucket: of every line where few runs are drawn, of spikes always
  store.want([...keys], lines.flatMap(linesOf),
    lines.filter(figure => figure.line === "max").flatMap(linesOf));
}

let waiting = [];

/** A few charts per frame, the first ones first: a page that draws for long answers nobody. */
const drawSome = oncePerFrame(() => {
  const end = performance.now() + FRAME_MILLIS;
  do {
    waiting.shift()?.update();
  } while (waiting.length > 0 && performance.now() < end);
  if (waiting.length > 0) {
    drawSome();
  }
});

const draw = oncePerFrame(() => {
  waiting = shown();
  drawSome.now();
  const {series} = store;
  const isEmpty = !series || series.length === 0 || store.visible().length === 0;
  byId("nothing").hidden = !isEmpty;
  byId("nothing").textContent = store.runs.size > 0 && store.visible().length === 0
    ? "No run is chosen." : "No step yet: the charts begin with the first one.";
  byId("more-figures").hidden = isEmpty;
  byId("resolution").textContent = !isEmpty && series.width > 1 ? `each point: ${whole(series.width)} steps, with their range` : "";
  document.body.dataset.drawn = isEmpty ? "" : `${series.length}`;
  if (!isEmpty && !document.body.dataset.first) {
    document.body.dataset.first = Math.round(performance.now());
  }
});

function chooseUnit(wish) {
  unit = wish;
  document.querySelector(`#unit input[value=${unit}]`).checked = true;
  charts.forEach(chart => chart.setUnit(unit));
  want();
}

document.querySelectorAll("#unit input").forEach(input => input.addEventListener("change", () => chooseUnit(input.value)));
byId("zoom-out").addEventListener("click", () => store.setZoom(null));
byId("more-figures").addEventListener("click", event => {
  withMore = !withMore;
  event.target.setAttribute("aria-expanded", withMore);
  event.target.textContent = withMore ? "fewer figures" : "more figures";
  byId("more-grid").hidden = !withMore;
  want();
});

store.addEventListener("series", draw);
store.addEventListener("visibility", draw);
store.addEventListener("zoom", () => {
  byId("zoom-out").hidden = store.zoom === null;
  draw();
});
store.addEventListener("runs", () => {
  if (unit === null && store.runs.size > 0) {
    const perToken = [...store.runs.values()].some(run => run.unit === "nats_per_token");
    chooseUnit(perToken ? "token" : "sequence");
  }
  const running = [...store.runs.values()].filter(run => run.state === "running").length;
  const names = [...store.runs.values()].map(run => run.name);
  document.title = `${running > 0 ? "● " : ""}${names.length === 1 ? names[0] : `${names.length} runs`} · Tether`;
});
store.addEventListener("connection", () => {
  const words = {live: "live", lost: "connection lost, trying again…", polling: "every 5 s (too many pages are open for live updates)", resting: "resting"};
  byId("connection").textContent = words[store.connectionState];
  byId("connection").className = `connection ${store.connectionState}`;
});

// ---- light and dark ----

const themes = ["auto", "light", "dark"];
const themeButton = byId("theme");
function showTheme() {
  const wish = document.documentElement.dataset.theme ?? "auto";
  themeButton.textContent = {auto: "◐ auto", light: "☀ light", dark: "☾ dark"}[wish];
}
function repaint() {
  forgetColours();
  repaintSwatches();
  charts.forEach(chart => chart.drop());
  draw();
}
themeButton.addEventListener("click", () => {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % themes.length];
  if (next === "auto") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("tether-theme");
  } else {
    document.documentElement.dataset.theme = next;
    localStorage.setItem("tether-theme", next);
  }
  showTheme();
  repaint();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
showTheme();

// ---- begin ----

new RunList(store);
new Findings(store);
new Samples(store);
document.addEventListener("visibilitychange", () => document.hidden ? store.rest() : store.listen());
store.listen();
