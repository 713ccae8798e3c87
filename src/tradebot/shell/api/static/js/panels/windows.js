/* When may strategies be promoted without a person? Each window and what it has left. */

import { h } from "../dom.js";
import { at, badge, countdown, facts, money, note } from "../parts.js";

export const windows = {
  id: "windows", title: "Promotion windows", needs: ["status"],
  draw({ status }) {
    if (!status.windows) return note("Not available: this daemon does not tell it.");
    return [
      note(`Promotion: ${status.promotion}.`),
      status.windows.length === 0 && note("No window is set."),
      h("ul", { class: "cards" }, status.windows.map(card)),
    ];
  },
};

function card(row) {
  const end = row.is_open ? row.closes : row.opens;
  return h("li", { class: "card", "data-key": row.window },
    h("h3", {}, row.window, " ", badge(row.is_open ? "open" : "closed", row.is_open ? "good" : "")),
    facts([
      [row.is_open ? "Closes in" : "Opens in", end ? countdown(end) : "not known"],
      ["From (UTC)", row.opens && at(row.opens)], ["To (UTC)", row.closes && at(row.closes)],
      ["Orders", `${row.orders} of ${row.orders_max ?? "any"}`],
      ["Money", [money(row.notional_usd), " of ",
        row.notional_max_usd ? money(row.notional_max_usd) : "any"]],
    ]));
}
