/* Can orders reach the brokers, and which could not be delivered? */

import { at, badge, note, why } from "../parts.js";
import { table } from "../table.js";

export const routes = {
  id: "routes", title: "Routes", needs: ["status"],
  draw({ status }) {
    if (status.routes.length === 0) return note("No route is connected.");
    const calls = new Map((status.breakers ?? []).map((row) => [row.route, row]));
    const rows = status.routes.map((row) => ({ ...row, ...calls.get(row.route) }));
    return table("routes", "Routes", ROUTES, rows, (row) => row.route);
  },
};

const isClosed = (row) => row.breaker === "CLOSED";

const ROUTES = [
  { title: "Route", cell: (row) => `${row.route} (${row.kind})` },
  { title: "Account", cell: (row) => row.account },
  { title: "Link", cell: (row) => badge(row.up ? "up" : "down", row.up ? "good" : "bad") },
  { title: "Breaker", cell: (row) => badge(row.breaker, isClosed(row) ? "good" : "bad") },
  { title: "Failures", cell: (row) => row.total_failures ?? "unknown", kind: "number" },
];

export const letters = {
  id: "letters", title: "Dead letters", needs: ["letters"],
  count: ({ letters: found }) => found?.dead_letters.filter(isPending).length,
  draw({ letters: { dead_letters: rows } }) {
    if (rows.length === 0) return note("Every order could be delivered.");
    return [
      table("letters", "Dead letters", LETTERS, rows, (row) => row.intent_id),
      note("To try one again or give it up: tradebot dead-letters retry or discard."),
    ];
  },
};

const isPending = (row) => row.status === "pending";

const LETTERS = [
  { title: "Order", cell: (row) => row.ask },
  { title: "Status", cell: (row) => badge(row.status, isPending(row) ? "bad" : "plain") },
  { title: "Because", cell: (row) => row.detail },
  { title: "Died (UTC)", cell: (row) => at(row.died) },
  { title: "Do", cell: (row) => why(row.intent_id, row.ask) },
];
