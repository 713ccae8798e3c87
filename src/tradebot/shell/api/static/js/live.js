/* Does the daemon still speak to the page? Its stream of decisions, opened again when it ends. */

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 15;

/** Follows `/api/v1/stream`; `heard` gets topics, `turned` the state: open, lost or restarted. */
export class Live {
  constructor({ heard, turned }) {
    this._heard = heard;
    this._turned = turned;
    this._wait_s = FIRST_WAIT_S;
    this._started = null;
  }

  open() {
    const source = new EventSource("/api/v1/stream");
    source.addEventListener("hello", (event) => this._hello(JSON.parse(event.data)));
    source.addEventListener("decision", (event) => this._heard(JSON.parse(event.data).topics));
    source.addEventListener("lost", () => this._heard(null)); // it fell behind: all is stale
    source.onerror = () => {
      source.close();
      this._turned("lost");
      setTimeout(() => this.open(), this._wait_s * 1000);
      this._wait_s = Math.min(this._wait_s * 2, LONGEST_WAIT_S);
    };
  }

  _hello({ started }) {
    const isOther = this._started !== null && this._started !== started;
    this._started = started;
    this._wait_s = FIRST_WAIT_S;
    this._turned(isOther ? "restarted" : "open");
    this._heard(null);
  }
}
