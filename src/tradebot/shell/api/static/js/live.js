/* Does the daemon still speak to the page? Its stream of decisions, opened again when it ends. */

const AT_ONCE_MS = 100;
const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 3;

/** Follows `/api/v1/stream`: `heard` gets topics, `turned` if the link is open, lost, restarted. */
export class Live {
  constructor({ heard, turned }) {
    this._heard = heard;
    this._turned = turned;
    this._wait_s = FIRST_WAIT_S;
    this._started = null;
    this._source = null;
    this._isOpen = false;
  }

  open() {
    const source = new EventSource("/api/v1/stream");
    source.addEventListener("hello", (event) => this._hello(JSON.parse(event.data)));
    source.addEventListener("decision", (event) => this._heard(JSON.parse(event.data).topics));
    source.addEventListener("lost", () => this._turned("open")); // the page fell behind
    source.onerror = () => this.lose();
    this._source = source;
  }

  /** Let go of a stream that ended. It is opened again at once, and then ever more seldom. */
  lose() {
    if (this._source === null) return;
    this._source.close();
    this._source = null;
    setTimeout(() => this.open(), this._isOpen ? AT_ONCE_MS : this._wait_s * 1000);
    if (!this._isOpen) {
      this._turned("lost"); // the daemon itself ends every stream once an hour
      this._wait_s = Math.min(this._wait_s * 2, LONGEST_WAIT_S);
    }
    this._isOpen = false;
  }

  _hello({ started }) {
    const isOther = this._started !== null && this._started !== started;
    this._started = started;
    this._isOpen = true;
    this._wait_s = FIRST_WAIT_S;
    this._turned(isOther ? "restarted" : "open", started);
  }
}
