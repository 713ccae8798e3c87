/* Under which configuration is decided, what waits for a person, and what was there before? */

import { h } from "../dom.js";
import { at, badge, command, facts, note } from "../parts.js";
import { table } from "../table.js";

export const config = {
  id: "config", title: "Configuration", needs: ["config"], uses: ["versions"],
  draw({ config: found, versions }) {
    return [
      facts([
        ["Newest version", found.version && `${found.version.number} (${found.version.hash})`],
        ["Decides by settings", found.settings_version],
        ["At the next start", found.at_next_start?.join(", ")],
        ["Last failure", found.failure && [at(found.failure.at), " ", found.failure.problems[0]]],
      ]),
      found.pending && waiting(found.pending),
      versions && table("versions", "Versions, the newest first", COLUMNS, versions.versions,
        (row) => row.number),
    ];
  },
};

function waiting(pending) {
  return h("div", { class: "because" },
    note(`Looser settings of version ${pending.number} wait for ${pending.waits_for}.`),
    h("ul", {}, pending.changes.map((row) => h("li", { "data-key": row.key },
      `${row.key}: ${row.before} → ${row.after}`))),
    note("To approve them, at a terminal: ", command(pending.command)));
}

const COLUMNS = [
  { title: "Version", cell: (row) => [row.number, row.in_force && badge("in force", "good")] },
  { title: "At (UTC)", cell: (row) => at(row.at), kind: "tight" },
  { title: "By", cell: (row) => row.by },
  { title: "Source", cell: (row) => row.source },
  { title: "Reason", cell: (row) => row.reason },
];
