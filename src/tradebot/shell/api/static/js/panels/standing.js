/* Where does the daemon stand? State, mode, the next change, and what a person has set. */

import { h } from "../dom.js";
import { badge, button, command, countdown, facts, note } from "../parts.js";

export const standing = {
  id: "standing-panel", title: "State", needs: ["status"],
  draw({ status }) {
    return [
      facts([
        ["State", [badge(status.state, kindOf(status)), " ", status.reason]],
        ["Mode", [status.mode, status.rehearsal && " (a rehearsal: simulated time)"]],
        ["Next change", change(status)],
        ["Halted instruments", status.halted.length > 0
          && status.halted.map((row) => `${row.symbol} (${row.reason})`).join(", ")],
        ["Live trading", status.arming && [
          `armed for ${status.arming.account}, ends in `, countdown(status.arming.until),
        ]],
        ["Set by a person", status.controls.map((row) => `${row.control}: ${row.reason}`).join("; ")
          || "nothing"],
      ]),
      h("p", { class: "buttons" }, button("Pause strategies", "pause"),
        button("Reduce only", "reduce")),
      status.controls.length > 0 && note("To take it back: ", command("tradebot resume"), " or ",
        command("tradebot reduce-only off")),
      ...status.markets.map((market) => note(
        `${market.calendar}: ${market.phase}, session ${market.session}`,
      )),
    ];
  },
};

export function kindOf({ state, kill }) {
  if (kill.engaged || state === "ERROR") return "bad";
  return state === "HALTED" ? "bad" : state === "TRADING" ? "good" : "plain";
}

/** Tell whether the market opens or closes next, and how soon. */
export function change({ next_open: opens, next_close: closes }) {
  if (!opens && !closes) return "not known";
  const isClosing = !opens || (closes && Date.parse(closes) < Date.parse(opens));
  return [isClosing ? "closes in " : "opens in ", countdown(isClosing ? closes : opens)];
}
