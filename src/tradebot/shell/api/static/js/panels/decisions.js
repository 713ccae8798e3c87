/* What is being decided? The newest events first; each can be asked why. */

import { at, note, why } from "../parts.js";
import { table } from "../table.js";

export const decisions = {
  id: "decisions", title: "Decisions", needs: ["decisions"], kind: "wide",
  draw({ decisions: { decisions: rows } }) {
    if (rows.length === 0) return note("Nothing was decided yet.");
    const newest = rows.map((row, place) => ({ ...row, place })).toReversed();
    return table("decisions", "Decisions, the newest first", COLUMNS, newest, keyOf);
  },
};

const keyOf = (row) => `${row.seq} ${row.part}`;

const COLUMNS = [
  { title: "Line", cell: (row) => row.seq, kind: "number" },
  { title: "At (UTC)", cell: (row) => at(row.at) },
  { title: "Event", cell: (row) => row.event },
  { title: "In words", cell: (row) => row.text },
  { title: "Do", cell: (row) => why(row.about, `line ${row.seq}, ${row.text}`) },
];
