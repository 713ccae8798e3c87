/* Which documents does the page show, and when is each read again?

The page shows nothing but these documents. A decision makes stale what its topics touch, and what
is stale is read again as whole documents: so a page that was loaded anew shows the same.
*/

import { get } from "./api.js";

const LEAST_S = 1; // between two readings of one document
const BREATH = 10; // times as long as a reading took: the daemon has better things to do

const PARTS_OF_HEALTH = [
  "routes", "controls", "strategies", "reconciliation", "dead_letters", "config",
];

/** By name: where it is read, how long it may be shown unread, and which topics touch it. */
const DOCUMENTS = {
  status: { path: "status", every_s: 5, topics: ["*"], when: () => true },
  drafts: { path: "drafts?status=open&last=200", every_s: 30, topics: ["drafts", "config"] },
  positions: { path: "positions?last=200", every_s: 30, topics: ["positions", "marks"] },
  orders: { path: "orders?status=open&last=200", every_s: 60, topics: ["orders"] },
  account: { path: "account", every_s: 30, topics: ["positions", "marks", "orders", "intents"] },
  equity: { path: "equity", every_s: 60, least_s: 5, topics: ["*"] },
  headroom: {
    path: "headroom", every_s: 5, least_s: 2, // what counts messages a minute falls by itself
    topics: ["positions", "marks", "orders", "intents", "config"],
  },
  letters: { path: "dead-letters?last=200", every_s: 60, topics: ["dead_letters"] },
  decisions: { path: "decisions?last=200", every_s: 60, least_s: 2, topics: ["*"] },
  health: { path: "health", every_s: 10, topics: PARTS_OF_HEALTH },
  alerts: { path: "alerts", every_s: 15, least_s: 2, topics: ["*"] },
  config: { path: "config", every_s: 60, topics: ["config"] },
  versions: { path: "config/versions", every_s: 60, topics: ["config"] },
  kill: { path: "kill", every_s: 3, topics: ["controls", "orders"], when: isKilled },
};

function isKilled(shown) {
  return shown.status?.kill?.engaged === true;
}

/** Ask for nothing more before the first answer: who is not let in is told so once. */
function isLetIn(shown) {
  return shown.status !== undefined;
}

/** Keeps the last answer of each document, and tells when one of them is another than before. */
export class Documents {
  constructor(changed, failed) {
    this.shown = {}; // by name: the document, null where the daemon has none, undefined before
    this.heardAt = null; // when an answer came last, by the page's own clock
    this._isLocked = false; // who is not let in does not go on knocking
    this._changed = changed;
    this._failed = failed;
    this._readings = Object.entries(DOCUMENTS).map(([name, known]) => (
      new Reading(name, known, this)
    ));
  }

  /** Read again what one of these topics touches. */
  touch(topics) {
    for (const reading of this._readings) reading.touchBy(topics);
  }

  /** Read everything again. */
  touchAll() {
    for (const reading of this._readings) reading.touch();
  }

  /** Read everything again, and what was refused as well: somebody is let in. */
  unlock() {
    this._isLocked = false;
    this.touchAll();
  }

  get isResting() {
    return this._isLocked || document.hidden;
  }

  heard(name, told) {
    const before = this.shown[name];
    this.shown[name] = told;
    if (told !== undefined) this.heardAt = performance.now();
    if (JSON.stringify(before) === JSON.stringify(told)) return;
    this._changed(name);
    for (const reading of this._readings) reading.wake();
  }

  failed(error) {
    this._isLocked ||= error.status === 401;
    this._failed(error);
  }
}

/** One document: read when its time comes, and once more where it was touched meanwhile. */
class Reading {
  constructor(name, { path, topics, when = isLetIn, every_s, least_s = LEAST_S }, documents) {
    Object.assign(this, { name, path, topics, when, every_s, least_s, documents });
    this._freeAt = 0;
    this._isStale = false;
    this._isReading = false;
    this._timer = null;
  }

  touchBy(topics) {
    if (this.topics.includes("*") || this.topics.some((topic) => topics.includes(topic))) {
      this.touch();
    }
  }

  touch() {
    this._isStale = true;
    if (!this._isReading) this._plan(this._freeAt);
  }

  /** Begin with what is wanted from now on. */
  wake() {
    if (this.when(this.documents.shown) && this.documents.shown[this.name] === undefined) {
      this.touch();
    }
  }

  _plan(at) {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._read(), Math.max(0, at - performance.now()));
  }

  async _read() {
    if (this._isReading || this.documents.isResting) return; // whoever ends the rest touches all
    if (!this.when(this.documents.shown)) {
      this.documents.heard(this.name, undefined);
      return;
    }
    const began = performance.now();
    this._isReading = true;
    this._isStale = false;
    await this._ask();
    this._isReading = false;
    const breath = Math.max(this.least_s * 1000, BREATH * (performance.now() - began));
    this._freeAt = began + breath;
    this._plan(this._isStale ? this._freeAt : began + Math.max(breath, this.every_s * 1000));
  }

  async _ask() {
    try {
      this.documents.heard(this.name, await get(this.path));
    } catch (error) {
      if (error.status === 404) this.documents.heard(this.name, null);
      else this.documents.failed(error);
    }
  }
}
