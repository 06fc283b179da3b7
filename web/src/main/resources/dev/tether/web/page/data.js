// What is known of the runs, kept up to date: summaries by server-sent events, figures as columns over a grid of steps.

import {MOST_BANDS} from "/charts.js";

const ONE_RUN_POINTS = 1000;
const ALL_RUNS_POINTS = 6000;
const FEWEST_POINTS = 250;
const GROWTH = 1.3;
const POLL_MILLIS = 5000;
const LONGEST_REST = 1000;

export class Store extends EventTarget {
  constructor() {
    super();
    this.runs = new Map();
    this.hidden = new Set();
    this.keys = [];
    this.spread = [];
    this.spikes = [];
    this.notBefore = 0;
    this.later = 0;
    this.zoom = null;
    this.series = null;
    this.wide = null;
    this.asking = false;
    this.askAgain = null;
    this.stream = null;
    this.polling = 0;
  }

  // ---- which runs ----

  visible() {
    return [...this.runs.values()].filter(run => !this.hidden.has(run.id));
  }

  setHidden(ids) {
    const points = this.points();
    this.hidden = new Set(ids);
    const covers = series => series && this.visible().every(run => series.runs.has(run.id));
    if (!covers(this.series) && covers(this.wide)) {
      this.series = this.wide;
      this.tell("visibility");
      this.followUp();
      return;
    }
    this.tell("visibility");
    const isKnown = covers(this.series);
    if (isKnown && (this.series.width === 1 || this.points() < 1.5 * points)) {
      this.followUp();
    } else {
      // back to more runs: these are there at once
      this.wide = isKnown ? this.series : null;
      this.refresh();
    }
  }

  tell(what) {
    this.dispatchEvent(new Event(what));
  }

  // ---- summaries ----

  listen() {
    if (this.stream) {
      return;
    }
    this.stream = new EventSource("/api/events");
    this.stream.addEventListener("runs", event => {
      this.connection("live");
      this.learn(JSON.parse(event.data));
    });
    this.stream.onerror = () => {
      const over = this.stream && this.stream.readyState === EventSource.CLOSED;
      this.connection(over ? "polling" : "lost");
      if (over) {
        this.stream = null;
        this.poll();
      }
    };
  }

  /** A page that nobody sees holds no place among the listeners. */
  rest() {
    if (this.stream) {
      this.stream.close();
      this.stream = null;
      this.connection("resting");
    }
    clearTimeout(this.polling);
  }

  /** Where the server has no more places for listeners, or is gone: ask now and then. */
  poll() {
    clearTimeout(this.polling);
    this.polling = setTimeout(async () => {
      try {
        const answer = await fetch("/api/runs");
        if (answer.ok) {
          this.connection("polling");
          this.learn(await answer.json());
        } else {
          this.connection("lost");
        }
      } catch {
        this.connection("lost");
      }
      if (!document.hidden) {
        this.poll();
      }
    }, POLL_MILLIS);
  }

  connection(state) {
    if (this.connectionState !== state) {
      this.connectionState = state;
      this.tell("connection");
    }
  }

  learn(summaries) {
    let isNew = false;
    for (const summary of summaries) {
      isNew ||= !this.runs.has(summary.id);
      this.runs.set(summary.id, summary);
    }
    this.tell("runs");
    if (!this.series) {
      if (!this.asking) {
        this.refresh();
      }
      return;
    }
    this.isNew ||= isNew;
    if (!this.later) {
      this.later = setTimeout(() => {
        this.later = 0;
        const everything = this.isNew;
        this.isNew = false;
        everything ? this.refresh() : this.followUp();
      }, Math.max(0, this.notBefore - performance.now()));
    }
  }

  /** News take a quarter of the time at most: the rest is for whoever looks. */
  breathe(began) {
    const rest = this.series?.length > 0 ? Math.min(LONGEST_REST, 3 * (performance.now() - began)) : 0;
    this.notBefore = performance.now() + rest;
  }

  // ---- figures ----

  /** Which figures: all of them, those with their range where few runs are drawn, those with it always. */
  want(keys, spread, spikes) {
    if (this.series && keys.every(key => this.keys.includes(key))) {
      this.tell("series");
      return;
    }
    this.keys = keys;
    this.spread = spread;
    this.spikes = spikes;
    this.wide = null;
    this.refresh();
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.wide = null;
    this.tell("zoom");
    this.refresh();
  }

  points() {
    const runs = Math.max(1, this.visible().length);
    return Math.min(ONE_RUN_POINTS, Math.max(FEWEST_POINTS, Math.floor(ALL_RUNS_POINTS / runs)));
  }

  address(runs, more) {
    const query = new URLSearchParams({runs: runs.join(","), keys: this.keys.join(","), 
      spread: (this.visible().length <= MOST_BANDS ? this.spread : this.spikes).join(","), ...more});
    return `/api/series?${query}`;
  }

  /** Everything anew. */
  refresh() {
    this.ask(async () => {
      const ids = this.visible().map(run => run.id);
      if (ids.length === 0 || this.keys.length === 0) {
        this.series = {first: 0, length: 0, width: 1, runs: new Map(), zoom: this.zoom};
        this.tell("series");
        return;
      }
      const window = this.zoom ? {from: Math.floor(this.zoom[0]), to: Math.ceil(this.zoom[1])} : {};
      const zoom = this.zoom;
      const answer = await this.json(this.address(ids, {points: this.points(), ...window}));
      this.series = {...answer, runs: new Map(answer.runs.map(run => [run.id, run])), zoom};
      this.tell("series");
    }, true);
  }

  /** Only what is new: from the bucket on that the last known step lies in. */
  followUp() {
    this.ask(async () => {
      const {series} = this;
      const changed = this.visible().filter(run => {
        const known = series.runs.get(run.id);
        return run.rows > 0 && (!known || known.rows !== run.rows || known.generation !== run.generation);
      });
      if (changed.length === 0) {
        return;
      }
      const known = changed.map(run => series.runs.get(run.id));
      const isAnew = changed.some((run, i) => !known[i] || known[i].generation !== run.generation || known[i].rows === 0
        || run.rows < known[i].rows);
      const lastStep = Math.max(...changed.map(run => run.last_step));
      const length = Math.floor(lastStep / series.width) - series.first + 1;
      if (isAnew || series.length === 0 || (!series.zoom && length > GROWTH * this.points())) {
        this.askAgain = () => this.refresh();
        return;
      }
      const end = series.zoom ? (series.first + series.length) * series.width - 1 : Number.MAX_SAFE_INTEGER;
      const from = Math.max(series.first * series.width, Math.min(...known.map(run => run.last_step)));
      if (from > end) {
        changed.forEach((run, i) => Object.assign(known[i], {rows: run.rows, last_step: run.last_step}));
        return;
      }
      const answer = await this.json(this.address(changed.map(run => run.id), {from, to: end, width: series.width}));
      if (this.series === series) {
        this.splice(answer);
        this.tell("series");
      }
    }, false);
  }

  splice(answer) {
    const {series} = this;
    const offset = answer.first - series.first;
    series.length = Math.max(series.length, offset + answer.length);
    for (const run of answer.runs) {
      const known = series.runs.get(run.id);
      for (const [key, column] of Object.entries(run.columns)) {
        for (const [kind, values] of Object.entries(column)) {
          const target = known.columns[key]?.[kind];
          if (!target) {
            continue;
          }
          while (target.length < offset) {
            target.push(null);
          }
          target.splice(offset, values.length, ...values);
        }
      }
      Object.assign(known, {rows: run.rows, last_step: run.last_step, generation: run.generation});
    }
  }

  /** One question at a time; of those that come meanwhile the last one, where one that wants everything wins. */
  async ask(question, everything) {
    if (this.asking) {
      if (everything || !this.askAgain) {
        this.askAgain = everything ? () => this.refresh() : () => this.followUp();
      }
      return;
    }
    this.asking = true;
    const began = performance.now();
    try {
      await question();
      this.breathe(began);
    } catch {
      this.connection("lost");
    } finally {
      this.asking = false;
      const next = this.askAgain;
      this.askAgain = null;
      next?.();
    }
  }

  async json(address) {
    const answer = await fetch(address);
    if (!answer.ok) {
      throw new Error(`${answer.status} ${await answer.text()}`);
    }
    return answer.json();
  }
}
