/* How does the page come together? Documents come in, panels are drawn of them, presses go out. */

import { actions, perform } from "./actions.js";
import { compare } from "./announce.js";
import { Banners } from "./banners.js";
import * as clock from "./clock.js";
import { Documents } from "./documents.js";
import { h, morph } from "./dom.js";
import * as keys from "./keys.js";
import { Live } from "./live.js";
import { PANELS, PARTS } from "./panels/all.js";
import { change, kindOf } from "./panels/standing.js";
import { badge, note } from "./parts.js";
import { amount } from "./text.js";
import * as theme from "./theme.js";

const documents = new Documents(changed, failed);
const banners = new Banners(documents);
const live = new Live({ heard: (topics) => documents.touch(topics), turned });
const known = { ...actions(documents, drawAll), understood: () => banners.dismiss() };

function drawAll() {
  PANELS.forEach(draw);
}

function changed(name) {
  if (name === "status" && documents.shown.status) clock.heard(documents.shown.status);
  PANELS.filter((panel) => reads(panel).includes(name)).forEach(draw);
  if (name === "status") drawBar();
  compare(documents.shown);
}

function failed(error) {
  banners.failed(error);
  if (error.status === 401) live.lose(); // the stream may go on for a while: it was let in before
}

/** Read everything anew, whether the link is lost or back: only answers tell how things stand. */
function turned(link, started) {
  banners.turned(link, started);
  if (link === "lost") documents.touchAll();
  else documents.unlock();
}

const reads = ({ needs, uses = [] }) => [...needs, ...uses];

function draw(panel) {
  const { shown } = documents;
  const isWanted = panel.isWanted?.(shown) ?? true;
  const count = isWanted ? panel.count?.(shown) : 0;
  morph(document.getElementById(panel.id), h("section", {
    id: panel.id, class: `panel ${panel.kind ?? ""}`, "aria-labelledby": `${panel.id}-title`,
    hidden: !isWanted,
  },
  h("h2", { id: `${panel.id}-title`, tabindex: -1 }, panel.title,
    count > 0 && ` (${amount(String(count))})`),
  h("div", { class: "body" }, isWanted && body(panel, shown))));
}

function body(panel, shown) {
  const found = panel.needs.map((name) => shown[name]);
  if (found.includes(null)) return note("Not available: this daemon does not tell it.");
  if (found.includes(undefined)) return note("Being read.");
  try {
    return panel.draw(shown);
  } catch (error) {
    console.error(panel.id, error);
    return note(`Cannot be shown: ${error.message}`);
  }
}

function drawBar() {
  const { status } = documents.shown;
  if (!status) return;
  const isKilled = status.kill.engaged;
  document.title = `${isKilled ? "KILLED" : status.state} · tradebot`;
  document.getElementById("kill").textContent = isKilled ? "KILLED" : "KILL";
  morph(document.getElementById("standing"), h("div", { id: "standing" },
    badge(isKilled ? "KILLED" : status.state, kindOf(status)), " ",
    badge(status.mode), " ", status.rehearsal && badge("rehearsal", "poor"),
    h("span", { class: "next" }, change(status))));
}

function build() {
  const main = document.getElementById("main");
  main.append(...Object.entries(PARTS).map(([part, panels]) => h("div", { class: part },
    panels.map((panel) => h("section", { id: panel.id, hidden: true })))));
  document.getElementById("nav").append(h("ul", {}, PANELS.filter((panel) => !panel.isWanted).map(
    (panel) => h("li", {}, h("a", { href: `#${panel.id}` }, panel.title)),
  )));
}

function listen() {
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-action]");
    if (pressed) perform(known, documents, pressed.dataset);
  });
  keys.listen((action) => perform(known, documents, { action }));
  document.addEventListener("visibilitychange", () => documents.touchAll());
}

theme.apply();
build();
drawAll();
listen();
setInterval(() => { clock.tick(); banners.draw(); }, 1000);
documents.touchAll();
live.open();
