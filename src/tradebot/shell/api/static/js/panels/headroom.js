/* How near is each limit? A bar a limit, the nearest first. */

import { h } from "../dom.js";
import { badge, money, note, ticking } from "../parts.js";
import { table } from "../table.js";
import { words } from "../text.js";

export const headroom = {
  id: "headroom", title: "Risk limits", needs: ["headroom"],
  count: ({ headroom: found }) => found?.headroom.length,
  draw({ headroom: { headroom: rows } }) {
    if (rows.length === 0) return note("No limit stands.");
    return table("headroom", "Risk limits, the nearest first", COLUMNS, rows, keyOf);
  },
};

const keyOf = (row) => `${row.gate} ${row.key} ${row.account}`;
const MOVING = /^(portfolio|messages)_/; // with the market or the clock, without any decision
const share = (row) => Number(row.used_frac ?? 0); // for the length of a bar

const COLUMNS = [
  { title: "Limit", cell: (row) => [words(row.gate), row.key && ` ${row.key}`] },
  { title: "Used", cell: (row) => moving(row, bar(row)), kind: "number" },
  { title: "Actual of limit", kind: "number", cell: (row) => [
    moving(row, money(row.actual)), " of ", money(row.limit, row.unit),
  ] },
];

function moving(row, cell) {
  return MOVING.test(row.gate) ? ticking(cell) : cell;
}

function bar(row) {
  if (row.used_frac === null) return "not known";
  const percent = `${(share(row) * 100).toFixed(0)} %`;
  return [
    h("meter", { min: 0, max: 1, low: 0.75, high: 0.95, optimum: 0,
      value: Math.min(1, Math.max(0, share(row))), "aria-label": `${words(row.gate)} used` }),
    " ", percent, row.breached && badge("breached", "bad"),
  ];
}
