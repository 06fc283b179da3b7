// Reward against √KL: where over-optimisation shows first. One dot per step or bucket of steps, the last one ringed.
import {brief, el, hideTip, runColour, showTip, swatch, themed, whole, withAlpha} from "/words.js";
import {KL_KEYS} from "/charts.js";

const HEIGHT = 220;
const EDGES = {left: 52, right: 12, top: 10, bottom: 40};
const REACH = 18;
const CROWD = 1500;

/** Round numbers from low to high, about five of them. */
export function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(nice => nice * power).find(nice => nice >= rough);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

export class PhaseChart {
  constructor(figure, store) {
    this.store = store;
    this.canvas = el("canvas", {role: "img"});
    this.place = el("div", {className: "plot"}, this.canvas);
    this.box = el("figure", {id: `chart-${figure.id}`, hidden: true},
      el("figcaption", {}, el("h3", {}, figure.title), el("span", {className: "muted"}, "√(nats per sequence)")), this.place);
    this.courses = [];
    this.canvas.addEventListener("mousemove", event => this.point(event));
    this.canvas.addEventListener("mouseleave", hideTip);
    new ResizeObserver(() => this.draw()).observe(this.place);
  }

  setUnit() {}

  drop() {}

  update() {
    const {series} = this.store;
    if (!series) {
      return;
    }
    this.courses = this.store.visible().flatMap(run => this.courseOf(run, series, "score.mean", false)
      .concat(this.courseOf(run, series, "gold_score.mean", true)));
    this.box.hidden = this.courses.length === 0;
    this.canvas.setAttribute("aria-label", `score against √KL of ${this.courses.map(course => course.run.name).join(", ")}`);
    this.draw();
  }

  courseOf(run, series, key, isGold) {
    const columns = series.runs.get(run.id)?.columns;
    const kl = columns?.[KL_KEYS.sequence.mean]?.mean;
    const score = columns?.[key]?.mean;
    if (!kl || !score) {
      return [];
    }
    const dots = [];
    for (let i = 0; i < kl.length; i++) {
      if (kl[i] !== null && score[i] !== null && score[i] !== undefined) {
        dots.push({x: Math.sqrt(Math.max(0, kl[i])), y: score[i], kl: kl[i], step: (series.first + i) * series.width});
      }
    }
    return dots.length > 0 ? [{run, dots, isGold}] : [];
  }

  draw() {
    const width = this.place.clientWidth;
    if (this.courses.length === 0 || width === 0) {
      return;
    }
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(HEIGHT * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${HEIGHT}px`;
    const ctx = this.canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    this.measure(width);
    this.frame(ctx, width);
    this.courses.forEach(course => this.course(ctx, course));
  }

  measure(width) {
    const dots = this.courses.flatMap(course => course.dots);
    const extent = values => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
    const [, right] = extent(dots.map(dot => dot.x));
    const [low, high] = extent(dots.map(dot => dot.y));
    const space = (high - low || Math.abs(high) || 1) * 0.07;
    this.range = {x: [0, (right || 1) * 1.05], y: [low - space, high + space]};
    this.toX = x => EDGES.left + (x - this.range.x[0]) / (this.range.x[1] - this.range.x[0]) * (width - EDGES.left - EDGES.right);
    this.toY = y => HEIGHT - EDGES.bottom - (y - this.range.y[0]) / (this.range.y[1] - this.range.y[0]) * (HEIGHT - EDGES.top - EDGES.bottom);
  }

  frame(ctx, width) {
    ctx.font = "11px system-ui, sans-serif";
    ctx.fillStyle = themed("--muted");
    ctx.strokeStyle = themed("--grid");
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const tick of ticks(...this.range.x)) {
      const x = Math.round(this.toX(tick)) + 0.5;
      stroke(ctx, x, EDGES.top, x, HEIGHT - EDGES.bottom);
      ctx.fillText(brief(tick), x, HEIGHT - EDGES.bottom + 5);
    }
    ctx.fillText("√KL", (EDGES.left + width - EDGES.right) / 2, HEIGHT - 16);
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const tick of ticks(...this.range.y)) {
      const y = Math.round(this.toY(tick)) + 0.5;
      stroke(ctx, EDGES.left, y, width - EDGES.right, y);
      ctx.fillText(brief(tick), EDGES.left - 6, y);
    }
  }

  course(ctx, {run, dots, isGold}) {
    const colour = runColour(run.id);
    ctx.fillStyle = withAlpha(colour, 0.55);
    ctx.strokeStyle = withAlpha(colour, 0.55);
    const isCrowded = this.courses.reduce((sum, course) => sum + course.dots.length, 0) > CROWD;
    const size = dots.length > 300 ? 1.4 : 2.2;
    for (const dot of dots) {
      if (isCrowded) {
        ctx.fillRect(this.toX(dot.x) - 1, this.toY(dot.y) - 1, 2, 2);
        continue;
      }
      ctx.beginPath();
      ctx.arc(this.toX(dot.x), this.toY(dot.y), size, 0, 2 * Math.PI);
      isGold ? ctx.stroke() : ctx.fill();
    }
    const last = dots[dots.length - 1];
    ctx.strokeStyle = themed("--text");
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(this.toX(last.x), this.toY(last.y), 4.5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }

  point(event) {
    const {offsetX, offsetY} = event;
    let best = null;
    let nearest = REACH;
    for (const course of this.courses) {
      for (const dot of course.dots) {
        const distance = Math.hypot(this.toX(dot.x) - offsetX, this.toY(dot.y) - offsetY);
        if (distance < nearest) {
          nearest = distance;
          best = {course, dot};
        }
      }
    }
    if (!best) {
      hideTip();
      return;
    }
    const {course, dot} = best;
    showTip(event.clientX, event.clientY,
      el("b", {}, swatch(course.run.id), `${course.run.name}, step ${whole(dot.step)}`),
      el("p", {}, `${course.isGold ? "gold score" : "score"} ${brief(dot.y)} · KL ${brief(dot.kl)} nats per sequence · √KL ${brief(dot.x)}`));
  }
}

function stroke(ctx, fromX, fromY, toX, toY) {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}
