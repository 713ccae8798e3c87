/* Do the book and the brokers agree? The last look at each route, and what differs. */

import { at, badge, command, note, ticking } from "../parts.js";
import { table } from "../table.js";
import { amount, words } from "../text.js";

export const reconciliation = {
  id: "reconciliation", title: "Reconciliation", needs: ["status"],
  draw({ status: { reconciliation: found } }) {
    return [
      note(found.clean ? badge("book and brokers agree", "good") : badge("not clean", "bad")),
      table("looks", "Last looks", LOOKS, found.routes, (row) => row.route),
      found.breaks.length > 0 && [
        table("breaks", "Breaks", BREAKS, found.breaks, (row) => row.break),
        note("To accept one, at a terminal: ",
          command("tradebot reconcile --accept BREAK --reason \"...\"")),
      ],
    ];
  },
};

const LOOKS = [
  { title: "Route", cell: (row) => row.route },
  { title: "Found", cell: (row) => badge(row.status, row.status === "clean" ? "good" : "bad") },
  { title: "Looked (UTC)", cell: (row) => ticking(at(row.at)) },
  { title: "Trouble", cell: (row) => row.failure ?? "none" },
];

const BREAKS = [
  { title: "What", cell: (row) => `${words(row.kind)} ${row.subject}` },
  { title: "Severity", cell: (row) => row.severity },
  { title: "Book", cell: (row) => amount(row.book), kind: "number" },
  { title: "Broker", cell: (row) => amount(row.statement), kind: "number" },
  { title: "Found (UTC)", cell: (row) => at(row.found) },
];
