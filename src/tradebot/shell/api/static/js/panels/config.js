/* Under which configuration is decided, what waits for a person, and what was there before? */

import { h } from "../dom.js";
import { at, command, facts, note } from "../parts.js";
import { table } from "../table.js";

export const config = {
  id: "config", title: "Configuration", needs: ["config"], uses: ["versions"],
  draw({ config: found, versions }) {
    return [
      facts([
        ["In force", found.version && `version ${found.version.number}, ${found.version.hash}`],
        ["Last failure", found.failure && String(found.failure.detail ?? found.failure)],
      ]),
      found.pending && waiting(found.pending),
      versions && table("versions", "Versions", COLUMNS, versions.versions.toReversed(),
        (row) => row.number),
    ];
  },
};

function waiting(pending) {
  return h("div", { class: "because" },
    note("A looser configuration waits for a person."),
    h("ul", {}, pending.changes.map((row) => h("li", { "data-key": row.key },
      `${row.key}: ${row.before} → ${row.after}`))),
    note("To approve it, at a terminal: ",
      command(`tradebot config approve --digest ${pending.digest}`)));
}

const COLUMNS = [
  { title: "Version", cell: (row) => row.number, kind: "number" },
  { title: "At (UTC)", cell: (row) => at(row.at), kind: "tight" },
  { title: "By", cell: (row) => row.by },
  { title: "Source", cell: (row) => row.source },
  { title: "Reason", cell: (row) => row.reason },
];
