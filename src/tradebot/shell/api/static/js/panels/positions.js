/* What is held? Structures with a picture of their end, then everything else. */

import { curve } from "../chart.js";
import { h } from "../dom.js";
import { badge, facts, gain, money, note, ticking } from "../parts.js";
import { payoff } from "../payoff.js";
import { table } from "../table.js";
import { amount, words } from "../text.js";

export const positions = {
  id: "positions", title: "Positions", needs: ["positions"],
  count: ({ positions: found }) => found && found.structures.length + found.loose.length,
  draw({ positions: { structures, loose, positions: shown, total } }) {
    if (structures.length + loose.length === 0) return note("Nothing is held.");
    return [
      shown.length < total && note(`${shown.length} of ${total} positions are shown.`),
      structures.length > 0 && h("ul", { class: "cards" }, structures.map(structure)),
      loose.length > 0 && table("positions", "Positions", COLUMNS, loose, keyOf),
    ];
  },
};

const keyOf = (row) => `${row.account} ${row.strategy_id} ${row.symbol}`;

const COLUMNS = [
  { title: "Symbol", cell: (row) => row.symbol },
  { title: "Owner", cell: (row) => row.strategy_id },
  { title: "Account", cell: (row) => row.account },
  { title: "Quantity", cell: (row) => money(row.qty), kind: "number" },
  { title: "Paid", cell: (row) => money(row.avg_px), kind: "number" },
  { title: "Mark", cell: (row) => money(row.mark), kind: "number" },
  { title: "Value", cell: (row) => money(row.value), kind: "number" },
  { title: "Unrealized", cell: (row) => gain(row.unrealized), kind: "number" },
];

function structure(held) {
  const name = `${held.qty} × ${held.underlying} ${words(held.structure)}`;
  const key = [held.account, held.strategy_id, held.structure, ...held.expiries, ...held.strikes];
  return h("li", { class: "card", "data-key": key.join(" ") },
    h("h3", {}, name, " ", held.days_left !== null && badge(`${held.days_left} days left`)),
    picture(held),
    facts([
      ["Owner", `${held.strategy_id} in ${held.account}`],
      ["Strikes", held.strikes.map(amount).join(" / ")],
      ["Ends", held.expiries.join(", ")],
      ["Net cost", money(held.net_cost)], ["Value", money(held.value)],
      ["Unrealized", gain(held.unrealized)],
      ["Most that can be lost", held.max_loss === null ? "without end" : money(held.max_loss)],
      ["Most that can be won", held.max_profit === null ? "without end" : money(held.max_profit)],
      ["Breaks even at", held.break_evens.map(amount).join(", ") || "nowhere"],
    ]));
}

function picture(held) {
  const points = payoff(held);
  if (points === null) return note("No picture: what it comes to has more than one end.");
  const label = `Profit at the end against the price of ${held.underlying}:`
    + ` bends at ${held.strikes.map(amount).join(", ")}; the line across is zero`;
  return curve(points, { label, level: 0, marks: held.break_evens.map(Number) });
}
