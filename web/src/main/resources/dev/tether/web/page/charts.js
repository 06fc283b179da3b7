// One chart per figure, all over the same steps: lines of runs with their bands, a common cursor, zoom by dragging.
import {brief, el, hideTip, runColour, showTip, swatch, themed, whole, withAlpha} from "/words.js";

const SYNC = "steps";
const HEIGHT = 220;
const MOST_IN_TIP = 14;
const MOST_POINTERS = 6;
export const MOST_BANDS = 4;

export const KL_KEYS = {
  sequence: {mean: "reference_kl.nats_per_sequence", se: "reference_kl.se_nats_per_sequence"},
  token: {mean: "reference_kl.nats_per_token", se: "reference_kl.se_nats_per_token"},
};

/** The figures, those that everybody looks at first. */
export const FIGURES = [
  {id: "kl", title: "KL to the reference", kl: true, unit: "nats per {unit}", target: true},
  {id: "max-kl", title: "max KL of a token", key: "reference_kl.max_nats_per_token", line: "max", unit: "nats"},
  {id: "beta", title: "β, the price of a nat", key: "kl_coef", unit: ""},
  {id: "score", title: "mean score", key: "score.mean", se: "score.se", second: "gold_score.mean", secondName: "gold score", unit: ""},
  {id: "phase", title: "score against √KL", phase: true},
  {id: "entropy", title: "entropy of the policy", key: "entropy", unit: "nats per token"},
  {id: "length", title: "length of responses", key: "response_tokens.mean", unit: "tokens"},
  {id: "rlhf", title: "rlhf reward: score − β · KL", key: "rlhf_reward", unit: "", more: true},
  {id: "bigrams", title: "different pairs of tokens (distinct-2)", key: "text.distinct_bigrams", unit: "share", more: true},
  {id: "nll", title: "what the reference thinks of the samples: −log π_ref", key: "reference_nll", unit: "nats per token", more: true},
  {id: "force", title: "force of the belt", key: "belt.force", unit: "1 = pulls as the KL does", more: true},
  {id: "update", title: "KL of one update", key: "update_kl.nats_per_token", unit: "nats per token", more: true},
  {id: "clip", title: "clipped ratios", key: "clip_fraction", unit: "share", more: true},
  {id: "explained", title: "explained variance of the values", key: "explained_variance", unit: "", more: true},
  {id: "gradient", title: "norm of the gradient", key: "gradient_norm", unit: "", more: true},
  {id: "ended", title: "responses that ended", key: "ended_share", unit: "share", more: true},
  {id: "speed", title: "speed", key: "tokens_per_second", unit: "tokens per second", more: true},
];

/** All columns of a figure; KL in both units, so that the other one is there at once. */
export function keysOf(figure) {
  if (figure.phase) {
    return [KL_KEYS.sequence.mean, "score.mean", "gold_score.mean"];
  }
  const errors = figure.kl ? Object.values(KL_KEYS).map(unit => unit.se) : [figure.se];
  return [...linesOf(figure), ...errors, figure.second].filter(Boolean);
}

/** The columns that are drawn as lines, and may have a range. */
export function linesOf(figure) {
  return figure.kl ? Object.values(KL_KEYS).map(unit => unit.mean) : [figure.key];
}

/** A figure of runs over steps. */
export class StepChart {
  constructor(figure, store, unit) {
    this.figure = figure;
    this.store = store;
    this.title = el("h3", {}, figure.title);
    this.note = el("span", {className: "muted"});
    this.place = el("div", {className: "plot"});
    this.box = el("figure", {id: `chart-${figure.id}`, hidden: true}, el("figcaption", {}, this.title, this.note), this.place);
    this.setUnit(unit);
    this.lines = [];
    this.plot = null;
    new ResizeObserver(() => this.fit()).observe(this.place);
  }

  setUnit(unit) {
    this.unit = unit;
    this.key = this.figure.kl ? KL_KEYS[unit].mean : this.figure.key;
    this.se = this.figure.kl ? KL_KEYS[unit].se : this.figure.se;
  }

  /** Draws what the store knows; makes the plot anew only where its lines are others than before. */
  update() {
    const {series} = this.store;
    if (!series) {
      return;
    }
    this.bands = null;
    const lines = this.linesOf(series);
    this.box.hidden = lines.length === 0;
    if (lines.length === 0) {
      this.box.dataset.lines = 0;
      this.drop();
      return;
    }
    this.box.dataset.lines = lines.length;
    const names = lines.map(line => `${line.run}:${line.isSecond ?? false}`).join();
    const data = [this.steps(series), ...lines.map(line => this.padded(line.values, series.length))];
    this.lines = lines;
    this.showBands = new Set(lines.map(line => line.run)).size <= MOST_BANDS;
    this.targets = this.targetsOf(series);
    this.describe();
    if (this.plot && names === this.names) {
      this.plot.setData(data);
    } else {
      this.names = names;
      this.draw(data);
    }
  }

  linesOf(series) {
    const lines = [];
    for (const run of this.store.visible()) {
      const columns = series.runs.get(run.id)?.columns;
      const column = columns?.[this.key];
      if (column?.mean.some(value => value !== null)) {
        const values = this.figure.line === "max" && column.max ? column.max : column.mean;
        lines.push({run: run.id, key: this.key, values, column, se: columns[this.se]?.mean});
      }
      const second = this.figure.second && columns?.[this.figure.second];
      if (second?.mean.some(value => value !== null)) {
        lines.push({run: run.id, key: this.figure.second, values: second.mean, column: second, isSecond: true});
      }
    }
    return lines;
  }

  targetsOf(series) {
    const targets = new Map();
    if (this.figure.target) {
      for (const run of this.store.visible()) {
        const target = run.latest["controller.target"];
        if (target !== undefined && run.unit === `nats_per_${this.unit}` && series.runs.has(run.id)) {
          targets.set(target, [...(targets.get(target) ?? []), run.id]);
        }
      }
    }
    return targets;
  }

  describe() {
    const unit = this.figure.unit?.replace("{unit}", this.unit) ?? "";
    this.note.textContent = unit;
    const latest = this.lines.filter(line => !line.isSecond).slice(0, 3).map(line => {
      const run = this.store.runs.get(line.run);
      return `${run.name} ${brief(run.latest[this.key])} at step ${run.last_step}`;
    });
    this.place.setAttribute("aria-label", `${this.figure.title}, ${unit}: ${latest.join("; ")}`);
    this.place.setAttribute("role", "img");
  }

  steps(series) {
    return Array.from({length: series.length}, (_, i) => (series.first + i) * series.width + (series.width - 1) / 2);
  }

  padded(values, length) {
    return values.length === length ? values : values.concat(Array(Math.max(0, length - values.length)).fill(null));
  }

  drop() {
    this.plot?.destroy();
    this.plot = null;
    this.names = null;
  }

  draw(data) {
    this.plot?.destroy();
    const axis = {stroke: themed("--muted"), grid: {stroke: themed("--grid"), width: 1}, ticks: {show: false},
      font: "11px system-ui, sans-serif", size: 28};
    const many = this.lines.length > MOST_BANDS;
    this.plot = new uPlot({
      width: this.place.clientWidth || 480,
      height: HEIGHT,
      padding: [8, 10, 0, 0],
      legend: {show: false},
      scales: {x: {time: false, range: (plot, min, max) => this.xRange(min, max)}, y: {range: plot => this.yRange(plot)}},
      axes: [
        {...axis, values: (plot, ticks) => ticks.map(tick => Number.isInteger(tick) ? whole(tick) : "")},
        {...axis, size: 52, values: (plot, ticks) => ticks.map(tick => brief(tick))},
      ],
      cursor: {
        sync: {key: SYNC, setSeries: false},
        drag: {x: true, y: false, setScale: false, dist: 6},
        points: this.lines.length <= MOST_POINTERS ? {size: 7} : {show: false},
        focus: {prox: many ? 24 : -1},
        bind: {dblclick: () => () => this.store.setZoom(null)},
      },
      focus: {alpha: 0.2},
      series: [{}, ...this.lines.map(line => ({
        stroke: runColour(line.run),
        width: many ? 1.3 : 1.8,
        dash: line.isSecond ? [6, 4] : undefined,
        spanGaps: true,
        points: {show: (plot, index, first, last) => last - first < 3, size: 5},
      }))],
      hooks: {
        drawClear: [plot => this.drawBehind(plot)],
        setSelect: [plot => this.zoomTo(plot)],
        setCursor: [plot => this.point(plot)],
      },
    }, data, this.place);
    this.plot.over.addEventListener("mouseleave", hideTip);
    this.plot.over.addEventListener("click", event => this.choose(event));
  }

  fit() {
    if (this.plot && this.place.clientWidth > 0) {
      this.plot.setSize({width: this.place.clientWidth, height: HEIGHT});
    }
  }

  xRange(min, max) {
    const zoom = this.store.zoom;
    if (zoom) {
      return zoom;
    }
    return min === max ? [min - 1, max + 1] : [min, max];
  }

  /** Lower and upper edge of what is drawn about a line: its error, and the range of the steps in a bucket. */
  edges(line, i) {
    const mean = line.column.mean[i];
    if (mean === null || mean === undefined) {
      return null;
    }
    const error = line.se?.[i] ?? 0;
    return {error: [mean - 2 * error, mean + 2 * error], range: [line.column.min?.[i] ?? mean, line.column.max?.[i] ?? mean]};
  }

  yRange(plot) {
    let low = Infinity;
    let high = -Infinity;
    const steps = plot.data[0];
    const [from, to] = this.store.zoom ?? [-Infinity, Infinity];
    for (const line of this.lines) {
      for (let i = 0; i < steps.length; i++) {
        const value = line.values[i];
        if (value === null || value === undefined || steps[i] < from || steps[i] > to) {
          continue;
        }
        low = Math.min(low, value);
        high = Math.max(high, value);
        if (this.showBands) {
          const {error, range} = this.edges(line, i);
          low = Math.min(low, error[0], range[0]);
          high = Math.max(high, error[1], range[1]);
        }
      }
    }
    for (const target of this.targets.keys()) {
      low = Math.min(low, target);
      high = Math.max(high, target);
    }
    if (low > high) {
      return [0, 1];
    }
    const space = (high - low || Math.abs(high) || 1) * 0.07;
    const bottom = low >= 0 && low - space < 0 ? 0 : low - space;
    return [bottom > 0 && bottom < 0.35 * high ? 0 : bottom, high + space];
  }

  drawBehind(plot) {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    if (this.showBands) {
      this.lines.filter(line => !line.isSecond).forEach(line => {
        if (line.column.min) {
          this.band(plot, line, edges => edges.range, 0.13);
        }
        if (line.se) {
          this.band(plot, line, edges => edges.error, 0.2);
        }
      });
    }
    [...this.targets].forEach(([target, runs], i) => {
      this.targetLine(plot, target, this.targets.size > 1 ? runColour(runs[0]) : themed("--muted"), i);
    });
    ctx.restore();
  }

  band(plot, line, pick, alpha) {
    const {ctx} = plot;
    const steps = plot.data[0];
    const upper = [];
    const lower = [];
    for (let i = 0; i < steps.length; i++) {
      const edges = this.edges(line, i);
      if (edges) {
        const [low, high] = pick(edges);
        const x = plot.valToPos(steps[i], "x", true);
        upper.push([x, plot.valToPos(high, "y", true)]);
        lower.push([x, plot.valToPos(low, "y", true)]);
      }
    }
    ctx.fillStyle = withAlpha(runColour(line.run), alpha);
    ctx.beginPath();
    upper.forEach(([x, y], i) => i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y));
    lower.reverse().forEach(([x, y]) => ctx.lineTo(x, y));
    ctx.closePath();
    ctx.fill();
  }

  /** Names stand side by side: targets may lie close together. */
  targetLine(plot, target, colour, place) {
    const {ctx, bbox} = plot;
    const y = plot.valToPos(target, "y", true);
    const ratio = devicePixelRatio;
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.2 * ratio;
    ctx.setLineDash([3 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = colour;
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    ctx.fillText(`target ${brief(target)}`, bbox.left + (5 + 70 * place) * ratio, y - 2 * ratio);
  }

  zoomTo(plot) {
    const {left, width} = plot.select;
    if (width > 0 && plot.cursor.event) {
      const from = plot.posToVal(left, "x");
      const to = plot.posToVal(left + width, "x");
      plot.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
      if (to - from >= 1) {
        this.store.setZoom([from, to]);
      }
    }
  }

  /** The step under the pointer. */
  stepsAt(index) {
    const {first, width} = this.store.series;
    return [(first + index) * width, (first + index + 1) * width - 1];
  }

  choose() {
    const index = this.plot.cursor.idx;
    if (index !== null && index !== undefined) {
      this.store.dispatchEvent(new CustomEvent("step", {detail: this.stepsAt(index)}));
    }
  }

  point(plot) {
    const {idx, left, top, event} = plot.cursor;
    if (!event || idx === null || idx === undefined || left < 0 || !plot.over.matches(":hover")) {
      return;
    }
    const rows = this.lines
      .filter(line => line.values[idx] !== null && line.values[idx] !== undefined)
      .sort((a, b) => b.values[idx] - a.values[idx]);
    if (rows.length === 0) {
      hideTip();
      return;
    }
    const [from, to] = this.stepsAt(idx);
    const shown = this.nearest(plot, rows, idx, top);
    const table = el("table", {}, ...shown.map(line => this.tipRow(line, idx)));
    const rest = rows.length - shown.length;
    const box = plot.over.getBoundingClientRect();
    showTip(box.left + left, box.top + top,
      el("b", {}, from === to ? `step ${whole(from)}` : `steps ${whole(from)} to ${whole(to)}`), table,
      rest > 0 ? el("p", {className: "muted"}, `and ${rest} further away`) : null);
  }

  nearest(plot, rows, idx, top) {
    if (rows.length <= MOST_IN_TIP) {
      return rows;
    }
    const distance = line => Math.abs(plot.valToPos(line.values[idx], "y") - top);
    const near = new Set([...rows].sort((a, b) => distance(a) - distance(b)).slice(0, MOST_IN_TIP));
    return rows.filter(line => near.has(line));
  }

  tipRow(line, idx) {
    const run = this.store.runs.get(line.run);
    const error = line.se?.[idx];
    const {min, max} = line.column;
    return el("tr", {},
      el("td", {}, swatch(line.run), line.isSecond ? `${run.name}, ${this.figure.secondName}` : run.name),
      el("td", {className: "number"}, brief(line.values[idx])),
      el("td", {className: "muted"}, error ? `± ${brief(error, 2)} SE` : ""),
      el("td", {className: "muted"}, min ? `${brief(min[idx], 3)} … ${brief(max[idx], 3)}` : ""));
  }
}
