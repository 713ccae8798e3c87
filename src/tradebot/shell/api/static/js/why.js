/* How is the whole story of one id told? From what was asked to the profit, with every number. */

import { h } from "./dom.js";
import { note } from "./parts.js";
import { rowsOf } from "./table.js";
import { amount, words } from "./text.js";

export function told(chain) {
  const ofGates = new Set(chain.gates.map((gate) => gate.sentence));
  const steps = chain.sentences.map((line) => line.trim()).filter((line) => !ofGates.has(line));
  return [
    stopped(chain.because),
    h("ol", { class: "steps" }, steps.map((line) => h("li", {}, line))),
    chain.gates.length > 0 && [
      h("h3", {}, "What the gates answered"),
      h("div", { class: "dense" }, rowsOf("Gates", GATES, chain.gates, (gate) => gate.gate)),
    ],
  ];
}

const GATES = [
  { title: "Gate", cell: (row) => words(row.gate) },
  { title: "Answer", cell: (row) => row.verdict },
  { title: "Actual", cell: (row) => row.actual && amount(row.actual), kind: "number" },
  { title: "Limit", cell: (row) => row.limit && amount(row.limit), kind: "number" },
];

function stopped(because) {
  if (!because) return null;
  return h("div", { class: "because" },
    note(because.reason_code && `${because.reason_code}: `, because.sentence),
    because.numbers && note(because.numbers),
    because.remedies.length > 0 && h("ul", {}, because.remedies.map((text) => h("li", {}, text))));
}
