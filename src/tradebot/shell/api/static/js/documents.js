/* Which documents does the page show, and when is each read again?

The page shows nothing but these documents. A decision makes stale what its topics touch, and what
is stale is read again as whole documents: so a page that was loaded anew shows the same.
*/

import { get } from "./api.js";

const LEAST_S = 1; // between two readings of one document
const BREATH = 10; // times as long as its last reading took: the daemon has better things to do

/** By name: where it is read, how long it may be shown unread, and which topics touch it. */
const DOCUMENTS = {
  status: { path: "status", every_s: 5, topics: ["*"] },
  drafts: { path: "drafts?status=open&last=1000", every_s: 30, topics: ["drafts", "config"] },
  positions: { path: "positions", every_s: 30, topics: ["positions", "marks"] },
  orders: { path: "orders?status=open&last=20000", every_s: 60, topics: ["orders"] },
  account: { path: "account", every_s: 30, topics: ["positions", "marks", "orders"] },
  equity: { path: "equity", every_s: 60, least_s: 5, topics: ["positions", "marks"] },
  headroom: {
    path: "headroom", every_s: 30, least_s: 2, topics: ["positions", "marks", "orders", "config"],
  },
  letters: { path: "dead-letters?last=1000", every_s: 60, topics: ["dead_letters"] },
  decisions: { path: "decisions?last=1000", every_s: 60, topics: ["*"] },
  health: { path: "health", every_s: 10, topics: ["routes", "controls"] },
  alerts: { path: "alerts", every_s: 15, least_s: 2, topics: ["*"] },
  config: { path: "config", every_s: 30, topics: ["config"] },
  versions: { path: "config/versions", every_s: 60, topics: ["config"] },
  kill: { path: "kill", every_s: 3, topics: ["controls", "orders"], when: isKilled },
};

function isKilled(shown) {
  return shown.status?.kill?.engaged === true;
}

/** Reads what is due, keeps the last answer of each, and tells which of them changed. */
export class Documents {
  constructor(changed, failed) {
    this.shown = {}; // by name: the document, null where the daemon has none, undefined before
    this.heardAt = null; // when an answer came last, by the page's own clock
    this._changed = changed;
    this._failed = failed;
    this._due = Object.fromEntries(Object.keys(DOCUMENTS).map((name) => [name, 0]));
    this._least = {};
    this._timer = null;
    this._isReading = false;
    this._isLocked = false; // who is not let in does not go on knocking
  }

  /** Read again what one of these topics touches. */
  touch(topics) {
    for (const [name, { topics: own }] of Object.entries(DOCUMENTS)) {
      if (own.includes("*") || own.some((topic) => topics.includes(topic))) this._stale(name);
    }
    this._plan();
  }

  /** Read everything again, and what was not there before as well. */
  touchAll() {
    this._isLocked = false;
    for (const name of Object.keys(DOCUMENTS)) this._stale(name);
    this._plan();
  }

  _stale(name) {
    this._due[name] = Math.min(this._due[name], this._least[name] ?? 0);
  }

  _isWanted(name) {
    return DOCUMENTS[name].when?.(this.shown) ?? true;
  }

  _plan() {
    if (this._isReading || this._isLocked || document.hidden) return;
    clearTimeout(this._timer);
    const due = Math.min(...Object.values(this._due)) - performance.now();
    this._timer = setTimeout(() => this._round(), Math.max(0, due));
  }

  async _round() {
    this._isReading = true;
    const now = performance.now();
    const names = Object.keys(DOCUMENTS).filter((name) => this._due[name] <= now);
    const news = await Promise.all(names.map((name) => this._read(name)));
    this._isReading = false;
    this._changed(names.filter((_, place) => news[place]));
    this._plan();
  }

  /** Read one document; tell whether it is another one than before. */
  async _read(name) {
    const { path, every_s, least_s = LEAST_S } = DOCUMENTS[name];
    const began = performance.now();
    const before = this.shown[name];
    const next = (seconds) => began + Math.max(seconds * 1000, BREATH * took(began));
    this._due[name] = Infinity; // whatever touches it from here on asks for another reading
    this._least[name] = began + least_s * 1000;
    let after = before;
    try {
      after = this._isWanted(name) ? await get(path) : undefined;
      this.heardAt = this._isWanted(name) ? performance.now() : this.heardAt;
    } catch (error) {
      if (error.status === 404) after = null;
      else this._failed(error);
      this._isLocked ||= error.status === 401;
    }
    this.shown[name] = after;
    this._least[name] = next(least_s);
    this._due[name] = Math.min(Math.max(this._due[name], this._least[name]), next(every_s));
    return JSON.stringify(before) !== JSON.stringify(after);
  }
}

function took(began) {
  return performance.now() - began;
}
