/* What are panels drawn from? Small pieces that look alike everywhere. */

import { until } from "./clock.js";
import { h } from "./dom.js";
import { amount, change, moment } from "./text.js";

export function note(...text) {
  return h("p", { class: "note" }, text);
}

/** Text of several lines, a line each. */
export function lines(text) {
  return text.split("\n").filter(Boolean).map((line) => h("p", { class: "line" }, line));
}

/** Pairs of a name and a value; what has none is left out. */
export function facts(pairs) {
  return h("dl", {}, pairs.filter(([, value]) => value || value === 0).map(
    ([name, value]) => h("div", { "data-key": name }, h("dt", {}, name), h("dd", {}, value)),
  ));
}

/** A word with a colour; the word alone says all. */
export function badge(text, kind = "plain") {
  return h("span", { class: `badge ${kind}` }, text);
}

export function money(text, unit = "") {
  return h("bdi", { class: "money" }, amount(text), unit && ` ${unit}`);
}

export function gain(text) {
  const told = change(text);
  return h("bdi", { class: `money ${told.kind}` }, told.text);
}

export function at(iso) {
  const [day, clock] = moment(iso).split(" ");
  return h("time", { datetime: iso }, h("span", { class: "tight" }, day), " ",
    clock && h("span", { class: "tight" }, clock));
}

export function countdown(iso) {
  return h("span", { "data-until": iso, "data-ticking": true }, until(iso));
}

/** Something of the moment that no decision changes, such as a lag: another look sees another. */
export function ticking(...children) {
  return h("span", { "data-ticking": true }, children);
}

export function button(text, action, id, more = {}) {
  return h("button", { type: "button", "data-action": action, "data-id": id, ...more }, text);
}

/** A row's way to its whole story. */
export function why(id, about) {
  return id ? button("why", "why", id, { class: "small", "aria-label": `why: ${about}` }) : null;
}

/** What to type where the page must not do it. */
export function command(text) {
  return h("code", { class: "command" }, text);
}
