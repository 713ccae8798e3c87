/* How is a value told as text? Amounts stay the text that the daemon wrote: no number is parsed. */

const LONGEST = 300;
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu; // controls, marks of direction, what has no width

/** Make text visible as it is: what would hide or turn other text is named, what is long is cut. */
export function shown(value) {
  const text = String(value);
  const cut = text.length <= LONGEST ? text : text.slice(0, LONGEST).toWellFormed();
  const seen = cut.replace(UNSEEN, (sign) => `⟨U+${codeOf(sign)}⟩`);
  return text.length <= LONGEST ? seen : `${seen}… (${text.length} characters)`;
}

function codeOf(sign) {
  return sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
}

/** Group the digits of a decimal; what is none is told as it is, what is missing as missing. */
export function amount(text) {
  if (text === null || text === undefined) return "unknown";
  const [, sign, whole, rest] = /^([+-]?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (whole === undefined) return String(text);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign === "-" ? "−" : ""}${grouped}${rest ?? ""}`;
}

/** Write an amount that may be won or lost: the sign says which, the colour only repeats it. */
export function change(text) {
  const isNothing = text === null || text === undefined || /^[+-]?0+(\.0+)?$/.test(text);
  if (isNothing) return { text: amount(text), kind: "even" };
  const isLoss = text.startsWith("-");
  return { text: isLoss ? amount(text) : `+${amount(text)}`, kind: isLoss ? "loss" : "gain" };
}

/** Write a moment in UTC to the second. */
export function moment(iso) {
  return iso ? iso.slice(0, 19).replace("T", " ") : "never";
}

export function words(name) {
  return String(name).replaceAll("_", " ");
}

/** Shorten an id for the eye; buttons carry the whole one. */
export function short(id) {
  return !id || id.length <= 12 ? String(id ?? "none") : `${id.slice(0, 4)}…${id.slice(-6)}`;
}

export function duration(seconds) {
  const left = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [left / 86400, (left % 86400) / 3600, (left % 3600) / 60];
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  if (left >= 86400) return `${Math.floor(days)} d ${two(hours)} h`;
  if (left >= 3600) return `${Math.floor(hours)} h ${two(minutes)} min`;
  return left >= 60 ? `${Math.floor(minutes)} min ${two(left % 60)} s` : `${left} s`;
}
