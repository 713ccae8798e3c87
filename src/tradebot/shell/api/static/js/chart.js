/* How is a row of numbers drawn? As SVG; numbers here place points, and nothing else. */

import { h, svg } from "./dom.js";

const WIDTH = 600;
const HEIGHT = 160;
const EDGE = 8;

/** Map values to places between the edges; what does not vary lies in the middle. */
function scale(values, length, isUpward) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = length - 2 * EDGE;
  return (value) => {
    const share = most > least ? (value - least) / (most - least) : 0.5;
    return Math.round((EDGE + (isUpward ? 1 - share : share) * room) * 10) / 10;
  };
}

/** Draw points as one line; `label` says in words what it shows, `level` is drawn across. */
export function curve(points, { label, level, marks = [] }) {
  const ys = points.map(([, y]) => y).concat(level === undefined ? [] : [level]);
  const x = scale(points.map(([value]) => value), WIDTH, false);
  const y = scale(ys, HEIGHT, true);
  const path = points.map(([px, py], place) => `${place ? "L" : "M"}${x(px)} ${y(py)}`).join("");
  return h("figure", {}, svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "curve",
    preserveAspectRatio: "none",
  },
  level !== undefined && svg("line", {
    x1: 0, x2: WIDTH, y1: y(level), y2: y(level), class: "level",
  }),
  marks.map((value) => svg("line", {
    x1: x(value), x2: x(value), y1: 0, y2: HEIGHT, class: "mark",
  })),
  svg("path", { d: path, class: "line" })), h("figcaption", {}, label));
}
