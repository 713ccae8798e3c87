/* Can the page be believed? It says when the link is lost, how old it is, and who came back. */

import { alarm, news } from "./announce.js";
import { h, morph } from "./dom.js";
import { at, button, command } from "./parts.js";
import { duration } from "./text.js";

const OLD_S = 20; // without any answer

/** Keeps the state of the link, and draws it each second. */
export class Banners {
  constructor(documents) {
    this._documents = documents;
    this._link = "open";
    this._restarted = null; // when, in the daemon's time
    this._isLocked = false;
  }

  turned(link, started) {
    if (link === "lost" && this._link === "open") alarm("The connection to the daemon is lost.");
    if (link !== "lost" && this._link === "lost") news("The connection to the daemon is back.");
    if (link === "restarted") this._restarted = started;
    this._link = link === "lost" ? "lost" : "open";
    this._isLocked &&= this._link === "lost";
  }

  failed(error) {
    if (error.status !== 401) return;
    if (this._documents.heardAt === null) location.replace("/login");
    this._isLocked = true;
  }

  dismiss() {
    this._restarted = null;
  }

  draw() {
    const { heardAt } = this._documents;
    const age = heardAt === null ? 0 : (performance.now() - heardAt) / 1000;
    const isOld = this._link === "lost" || this._isLocked || age > OLD_S;
    document.body.classList.toggle("stale", isOld);
    morph(document.getElementById("banners"), h("div", { id: "banners" },
      isOld && h("p", { class: "banner bad", "data-key": "lost" },
        this._isLocked ? "This session has ended. " : "The connection to the daemon is lost. ",
        `What is shown is ${duration(age)} old. `,
        this._isLocked && ["To log in again: ", command("tradebot dashboard")]),
      this._restarted && h("p", { class: "banner", "data-key": "restarted" },
        "The daemon was restarted at ", at(this._restarted), " UTC. ",
        button("Understood", "understood"))));
  }
}

