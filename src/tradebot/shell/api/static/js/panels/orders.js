/* Which orders work? Each can be cancelled, and asked why it is there. */

import { h } from "../dom.js";
import { at, badge, button, command, money, note, why } from "../parts.js";
import { table } from "../table.js";
import { short, words } from "../text.js";

export const orders = {
  id: "orders", title: "Working orders", needs: ["orders", "status"],
  count: ({ status }) => status?.counts.orders_working,
  draw({ orders: { orders: rows }, status: { counts } }) {
    if (rows.length === 0) return note("No order works.");
    return [
      counts.orders_working > rows.length && note(
        `The newest ${rows.length}; all of them: `, command("tradebot orders --status open"),
      ),
      table("orders", "Working orders", COLUMNS, rows.toReversed(), (row) => row.client_order_id),
      h("p", { class: "buttons" }, button("Cancel all", "cancel-all")),
    ];
  },
};

const COLUMNS = [
  { title: "Order", cell: (row) => short(row.client_order_id), kind: "tight" },
  { title: "Trade", cell: (row) => trade(row) },
  { title: "Status", cell: (row) => [
    badge(words(row.ord_status)), row.in_doubt && badge("in doubt", "bad"),
  ] },
  { title: "Filled", cell: (row) => [money(row.cum_qty), " of ", money(row.order_qty)],
    kind: "number" },
  { title: "Price", cell: (row) => row.price === null ? "market" : money(row.price),
    kind: "number" },
  { title: "Owner", cell: (row) => row.strategy_id ?? row.user ?? row.source },
  { title: "Route", cell: (row) => row.route },
  { title: "Since (UTC)", cell: (row) => at(row.submitted), kind: "tight" },
  { title: "Do", cell: (row) => h("span", { class: "buttons" },
    button("Cancel", "cancel", row.client_order_id, {
      class: "small", "aria-label": `Cancel ${trade(row)}, ${short(row.client_order_id)}`,
    }), why(row.client_order_id, `${trade(row)}, ${short(row.client_order_id)}`)), kind: "tight" },
];

function trade(row) {
  const sides = row.legs.map((leg) => `${leg.side} ${leg.symbol}`);
  return `${sides.join(", ")} ${words(row.ord_type)} ${row.time_in_force}`;
}
