/* Does the daemon still speak to the page? Its stream of decisions, opened again when it ends. */

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 15;

/** Follows `/api/v1/stream`: `heard` gets topics, `turned` if the link is open, lost, restarted. */
export class Live {
  constructor({ heard, turned }) {
    this._heard = heard;
    this._turned = turned;
    this._wait_s = FIRST_WAIT_S;
    this._started = null;
    this._source = null;
  }

  open() {
    const source = new EventSource("/api/v1/stream");
    source.addEventListener("hello", (event) => this._hello(JSON.parse(event.data)));
    source.addEventListener("decision", (event) => this._heard(JSON.parse(event.data).topics));
    source.addEventListener("lost", () => this._turned("open")); // the page fell behind
    source.onerror = () => this.lose();
    this._source = source;
  }

  /** Let go of a stream that is none any more; it is opened again, ever more seldom. */
  lose() {
    if (this._source === null) return;
    this._source.close();
    this._source = null;
    this._turned("lost");
    setTimeout(() => this.open(), this._wait_s * 1000);
    this._wait_s = Math.min(this._wait_s * 2, LONGEST_WAIT_S);
  }

  _hello({ started }) {
    const isOther = this._started !== null && this._started !== started;
    this._started = started;
    this._wait_s = FIRST_WAIT_S;
    this._turned(isOther ? "restarted" : "open", started);
  }
}
