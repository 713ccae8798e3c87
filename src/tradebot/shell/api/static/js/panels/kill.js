/* What is left after a kill? What was in flight, and what the brokers themselves still hold. */

import { h } from "../dom.js";
import { at, badge, command, facts, note } from "../parts.js";

export const kill = {
  id: "kill-panel", title: "Killed", needs: ["status"], uses: ["kill"], kind: "killed",
  isWanted: ({ status }) => status?.kill?.engaged === true,
  draw({ status, kill: left }) {
    return [
      note("Nothing more is sent. ", status.kill.reason),
      left && [
        note(left.confirmed
          ? badge("confirmed: no open order at any broker", "good")
          : badge("not confirmed yet: orders may still be open", "bad")),
        facts([
          ["In flight, no word of them yet", ids(left.in_flight)],
          ["Still working in the book", ids(left.working)],
          ["Cancels without an answer", ids(left.unanswered_cancels)],
        ]),
        left.statements.map(statement),
      ],
      note("To clear it, at a terminal: ", command("tradebot clear-kill --reason \"...\"")),
    ];
  },
};

function ids(found) {
  return found.length === 0 ? "none" : `${found.length}: ${found.join(", ")}`;
}

function statement(row) {
  return h("p", { class: "note", "data-key": row.route }, row.trouble
    ? `${row.route} could not be asked: ${row.trouble}`
    : [`${row.route} states ${row.open_orders.length} open orders, ${row.positions.length}`
      + " positions, as of ", h("span", { "data-ticking": true }, at(row.as_of))]);
}
