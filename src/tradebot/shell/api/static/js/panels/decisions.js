/* What is being decided? The newest events first; each can be asked why. */

import { h } from "../dom.js";
import { at, note, why } from "../parts.js";
import { table } from "../table.js";

export const decisions = {
  id: "decisions", title: "Decisions", needs: ["decisions"],
  draw({ decisions: { decisions: rows } }) {
    if (rows.length === 0) return note("Nothing was decided yet.");
    const newest = rows.toReversed();
    return h("div", { class: "dense" },
      table("decisions", "Decisions, the newest first", COLUMNS, newest, keyOf));
  },
};

const keyOf = (row) => `${row.seq} ${row.part}`;

const COLUMNS = [
  { title: "Line", cell: (row) => row.seq, kind: "tight" },
  { title: "At (UTC)", cell: (row) => at(row.at), kind: "tight" },
  { title: "Event", cell: (row) => row.event, kind: "tight" },
  { title: "In words", cell: (row) => row.text },
  { title: "Do", cell: (row) => why(row.about, `line ${row.seq}, ${row.text}`), kind: "tight" },
];
