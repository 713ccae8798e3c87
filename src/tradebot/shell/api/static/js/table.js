/* How are many rows shown? A page of them at a time; the page turns by `data-action`. */

import { h } from "./dom.js";

const PAGE = 25;
const turned = new Map(); // by the table's name: which page is shown

export function turn(name, page) {
  turned.set(name, page);
}

/**
 * Draw a page of rows as a table. Columns are {title, cell, kind}; `key` names a row, so that it
 * keeps its focus while others come and go.
 */
export function table(name, label, columns, rows, key) {
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  const page = Math.min(turned.get(name) ?? 0, pages - 1);
  const seen = rows.slice(page * PAGE, (page + 1) * PAGE);
  return [
    rowsOf(label, columns, seen, key),
    pages > 1 && pager(name, label, { page, pages, count: rows.length }),
  ];
}

/** Draw all of the rows. */
export function rowsOf(label, columns, rows, key) {
  return h("table", { "data-key": label, role: "table" },
    h("caption", { class: "unseen" }, label),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) =>
      h("th", { scope: "col", role: "columnheader", class: column.kind }, column.title)))),
    h("tbody", { role: "rowgroup" }, rows.map((row) => line(columns, row, key(row)))));
}

function line(columns, row, key) {
  return h("tr", { role: "row", "data-key": key }, columns.map((column, place) => place === 0
    ? h("th", { scope: "row", role: "rowheader", class: column.kind }, column.cell(row))
    : h("td", { role: "cell", class: column.kind, "data-title": column.title },
      h("div", {}, column.cell(row)))));
}

function pager(name, label, { page, pages, count }) {
  const first = page * PAGE + 1;
  const last = Math.min(count, first + PAGE - 1);
  const button = (text, to) => h("button", {
    type: "button", "data-action": "turn", "data-id": name, "data-to": to,
    "aria-label": `${text} of ${label}`, disabled: to < 0 || to >= pages,
  }, text);
  return h("p", { class: "pager", "data-key": `${name}-pager` },
    button("First", page === 0 ? -1 : 0), button("Back", page - 1),
    h("span", {}, `${first} to ${last} of ${count}`), button("On", page + 1),
    button("Last", page === pages - 1 ? -1 : pages - 1));
}
