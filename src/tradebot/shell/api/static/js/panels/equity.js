/* How did the accounts fare? Their equity over time, and profit by strategy. */

import { curve } from "../chart.js";
import { h } from "../dom.js";
import { facts, gain, money, note } from "../parts.js";
import { table } from "../table.js";
import { amount, change, moment } from "../text.js";

const CURVES_MAX = 6;

export const equity = {
  id: "equity", title: "Equity", needs: ["account"], uses: ["equity"],
  draw({ account, equity: curves }) {
    return [
      curves === null && note("The curve is not available from this daemon."),
      account.accounts.map((row) => h("div", { "data-key": row.account },
        h("h3", {}, row.account),
        curves && line(row, curves.equity.filter((point) => point.account === row.account)),
        facts([
          ["Equity", money(row.equity, row.currency)], ["Cash", money(row.cash, row.currency)],
          ["Realized", gain(row.realized)], ["Fees", money(row.fees)],
          ["Reserved", money(row.reserved)],
        ]))),
    ];
  },
};

function line(account, points) {
  if (points.length < 2) return note("Too few values yet for a curve.");
  const [first, last] = [points[0], points[points.length - 1]];
  const label = `${account.account}: ${amount(first.equity)} at ${moment(first.at)} UTC,`
    + ` ${amount(last.equity)} ${account.currency} now`;
  return curve(points.map((point) => [Date.parse(point.at), Number(point.equity)]), { label });
}

export const strategies = {
  id: "strategies", title: "Profit by strategy", needs: ["account"], uses: ["equity"],
  draw({ account: { strategies: rows }, equity: curves }) {
    if (rows.length === 0) return note("No strategy has traded.");
    return [
      table("strategies", "Profit by strategy", COLUMNS, rows, (row) => row.strategy_id),
      rows.slice(0, CURVES_MAX).map(({ strategy_id: name }) =>
        profit(name, curves?.profit.filter((point) => point.strategy_id === name) ?? [])),
    ];
  },
};

function profit(name, points) {
  if (points.length < 2) return null;
  const last = points[points.length - 1];
  const label = `${name} since ${moment(points[0].at)} UTC, against zero:`
    + ` ${change(last.net).text} now`;
  const drawn = points.map((point) => [Date.parse(point.at), Number(point.net)]);
  return curve(drawn, { label, level: 0 });
}

const COLUMNS = [
  { title: "Strategy", cell: (row) => [row.strategy_id, !row.is_enabled && " (disabled)"] },
  { title: "Net", cell: (row) => gain(row.net), kind: "number" },
  { title: "Realized", cell: (row) => gain(row.realized), kind: "number" },
  { title: "Unrealized", cell: (row) => gain(row.unrealized), kind: "number" },
  { title: "Fees", cell: (row) => money(row.fees), kind: "number" },
  { title: "Trades", cell: (row) => row.trades, kind: "number" },
];
