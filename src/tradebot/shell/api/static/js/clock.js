/* What time is it at the daemon? Its own clock counts: a rehearsal lives on another day. */

import { duration } from "./text.js";

let told = null; // the daemon's time, and when the page heard of it

export function heard(status) {
  const at = Date.parse(status.clock ?? status.at);
  told = { at, heard: performance.now(), ticks: !status.rehearsal };
}

export function now() {
  if (told === null) return null;
  return told.at + (told.ticks ? performance.now() - told.heard : 0);
}

/** Tell how long it is until then; a rehearsal's time moves only as it is read. */
export function until(iso) {
  const at = now();
  if (at === null || !iso) return "unknown";
  const left = (Date.parse(iso) - at) / 1000;
  return left <= 0 ? "now" : duration(left);
}

/** Bring every countdown on the page up to date. */
export function tick(root = document) {
  for (const node of root.querySelectorAll("[data-until]")) {
    const text = until(node.dataset.until);
    if (node.textContent !== text) node.textContent = text;
  }
}
