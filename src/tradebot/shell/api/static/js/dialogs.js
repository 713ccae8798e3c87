/* How does the page ask back, or show one thing at length? In one dialog, and no second one. */

import { h } from "./dom.js";

const dialog = () => document.getElementById("dialog");

/** Show something at length, until it is closed. */
export function show(title, body) {
  if (!dialog().open) fill(title, body, [h("button", { value: "close" }, "Close")]);
}

/** Ask before something is done; resolves to what was typed, "" where nothing is, or null. */
export async function ask(title, body, { yes, reason }) {
  if (dialog().open) return null;
  const field = reason && [
    h("label", { for: "dialog-reason" }, reason),
    h("input", { id: "dialog-reason", name: "reason", maxlength: 200, required: true }),
  ];
  const no = { value: "cancel", formnovalidate: true };
  fill(title, [body, field], [
    h("button", no, "Not now"), h("button", { value: "yes", class: "yes" }, yes),
  ]);
  return new Promise((resolve) => {
    dialog().addEventListener("close", () => {
      const typed = document.getElementById("dialog-reason")?.value ?? "";
      resolve(dialog().returnValue === "yes" ? typed : null);
    }, { once: true });
  });
}

function fill(title, body, buttons) {
  const node = dialog();
  node.returnValue = "cancel";
  node.replaceChildren(h("form", { method: "dialog" },
    h("h2", { id: "dialog-title", tabindex: -1, autofocus: true }, title),
    h("div", { class: "said" }, body), h("p", { class: "buttons" }, buttons)));
  node.showModal();
}
