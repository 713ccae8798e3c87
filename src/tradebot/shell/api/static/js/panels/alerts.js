/* What was told unasked? The newest alerts first. */

import { at, badge, note } from "../parts.js";
import { table } from "../table.js";
import { words } from "../text.js";

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
  { title: "Alert", cell: (row) => row.title },
  { title: "Level", cell: (row) => badge(row.level, KINDS[row.level]) },
  { title: "Kind", cell: (row) => words(row.kind) },
  { title: "Text", cell: (row) => row.text },
  { title: "At (UTC)", cell: (row) => at(row.at), kind: "tight" },
];
