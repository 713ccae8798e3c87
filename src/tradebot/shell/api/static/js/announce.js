/* What does somebody hear who does not see the page? News politely, what is critical at once. */

import { shown } from "./text.js";

let before = null; // what was told last

export function news(text) {
  say("news", text);
}

export function alarm(text) {
  say("alarm", text);
}

/** Tell what changed between two looks at the documents; the first look is no news. */
export function compare({ status, drafts, alerts }) {
  if (!status) return;
  const after = {
    state: status.state,
    isKilled: status.kill.engaged,
    waiting: drafts?.drafts.filter((draft) => draft.status === "waiting").length ?? 0,
    critical: alerts?.alerts.find((alert) => alert.level === "critical")?.title,
  };
  if (before !== null) {
    if (after.state !== before.state) news(`State: ${after.state}`);
    if (after.waiting > before.waiting) news(`${after.waiting} drafts wait for a person`);
    if (after.isKilled && !before.isKilled) alarm(`Killed: ${status.kill.reason}`);
    if (after.critical && after.critical !== before.critical) alarm(after.critical);
  }
  before = after;
}

function say(place, text) {
  const node = document.getElementById(place);
  if (node.textContent !== shown(text)) node.textContent = shown(text);
}
