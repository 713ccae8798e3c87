/* How is the whole story of one id told? From what was asked to the profit, with every number. */

import { h } from "./dom.js";
import { note } from "./parts.js";
import { table } from "./table.js";
import { amount, words } from "./text.js";

export function told(chain) {
  return [
    stopped(chain.because),
    h("ol", { class: "steps" }, chain.sentences.map((line) => h("li", {}, line.trim()))),
    chain.gates.length > 0 && [
      h("h3", {}, "What the gates answered"),
      table("why-gates", "Gates", GATES, chain.gates, (gate) => gate.gate),
    ],
  ];
}

const GATES = [
  { title: "Gate", cell: (row) => words(row.gate) },
  { title: "Answer", cell: (row) => row.verdict },
  { title: "Actual", cell: (row) => amount(row.actual ?? "none"), kind: "number" },
  { title: "Limit", cell: (row) => amount(row.limit ?? "none"), kind: "number" },
];

function stopped(because) {
  if (!because) return null;
  return h("div", { class: "because" },
    note(because.reason_code && `${because.reason_code}: `, because.sentence),
    because.numbers && note(because.numbers),
    because.remedies.length > 0 && h("ul", {}, because.remedies.map((text) => h("li", {}, text))));
}
