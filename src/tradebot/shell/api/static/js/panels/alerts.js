/* What was told unasked? The newest alerts first. */

import { h } from "../dom.js";
import { at, badge, lines, note } from "../parts.js";
import { table } from "../table.js";

export const alerts = {
  id: "alerts", title: "Alerts", needs: ["alerts"],
  draw({ alerts: { alerts: rows } }) {
    if (rows.length === 0) return note("No alert was raised.");
    return table("alerts", "Alerts, the newest first", COLUMNS, rows, keyOf);
  },
};

const keyOf = (row) => row.alert_id;
const KINDS = { critical: "bad", warning: "poor" };

const COLUMNS = [
  { title: "At (UTC)", cell: (row) => at(row.at) },
  { title: "Alert", cell: (row) => [h("strong", {}, row.title), lines(row.text)] },
  { title: "Level", cell: (row) => badge(row.level, KINDS[row.level]), kind: "tight" },
];
