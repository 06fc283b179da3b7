// Numbers, elements, colours and the floating tip: what every part of the page speaks with.

/** Four significant digits, as the reports have them. */
export function brief(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return "–";
  }
  if (value === 0) {
    return "0";
  }
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) {
    return value.toExponential(digits - 1).replace(/\.?0*e\+?/, "e").replace("-", "−");
  }
  const text = size >= 10 ** digits ? value.toFixed(0) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

export function whole(value) {
  return value.toLocaleString("en-US");
}

/** An element; properties beginning with "on" are listeners, "data" is a dataset, children are nodes or text. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (name in node) {
      node[name] = value;
    } else {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

export const byId = id => document.getElementById(id);

/** Calls a function at most once per frame, however often it is asked for. */
export function oncePerFrame(action) {
  let asked = false;
  const ask = () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        action();
      });
    }
  };
  ask.now = action;
  return ask;
}

/** Calls a function once things have been quiet for a while. */
export function whenQuiet(action, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}

const PALETTE = 8;
const probe = el("span", {hidden: true});
document.body.append(probe);

let colours = new Map();

/** A colour of the style sheet as it is in the present theme; canvases know no variables. */
export function themed(variable) {
  if (!colours.has(variable)) {
    probe.style.color = `var(${variable})`;
    colours.set(variable, getComputedStyle(probe).color);
  }
  return colours.get(variable);
}

/** After a change of theme: the colours are looked up anew. */
export function forgetColours() {
  colours = new Map();
}

/** Whether the present theme is a dark one: its text is lighter than its ground. */
const isDark = () => Number(themed("--ground").match(/\d+/)[0]) < 128;

/** The first eight as in the reports; further ones around the wheel. */
export function runColour(id) {
  if (id < PALETTE) {
    return themed(`--series-${id}`);
  }
  const hue = Math.round((id * 137.508 + 20) % 360);
  return isDark() ? `hsl(${hue} 70% 68%)` : `hsl(${hue} 62% 38%)`;
}

export function withAlpha(colour, alpha) {
  return colour.startsWith("hsl")
    ? colour.replace(")", ` / ${alpha})`)
    : colour.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
}

/** A mark in the colour of a run, also after the theme has changed. */
export function swatch(id) {
  const mark = el("i", {className: "swatch", data: {run: id}});
  mark.style.background = runColour(id);
  return mark;
}

export function repaintSwatches() {
  document.querySelectorAll(".swatch[data-run]").forEach(mark => {
    mark.style.background = runColour(Number(mark.dataset.run));
  });
}

const tip = byId("tip");

/** Shows something beside the pointer, inside of the window. */
export function showTip(x, y, ...content) {
  tip.replaceChildren(...content.filter(node => node !== null));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const gap = 14;
  const left = x + gap + box.width > innerWidth ? x - gap - box.width : x + gap;
  const top = Math.min(y + gap, innerHeight - box.height - 4);
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}

export function hideTip() {
  tip.hidden = true;
}
