/* Which keys does the page know? None trades: the kill takes a second key, on its button. */

const PANELS = {
  d: "drafts", p: "positions", o: "orders", e: "equity", r: "headroom", a: "alerts", s: "decisions",
};

export const KEYS = [
  ["Shift K", "to the kill button; Enter there kills"],
  ["d", "to the drafts"], ["p", "to the positions"], ["o", "to the working orders"],
  ["e", "to the equity"], ["r", "to the risk limits"], ["a", "to the alerts"],
  ["s", "to the stream of decisions"], ["t", "light, dark, or as the system has it"],
  ["?", "these keys"],
];

export function listen(press) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    if (event.key === "?") press("help");
    else if (event.key === "t") press("theme");
    else if (event.key === "K" && event.shiftKey) document.getElementById("kill").focus();
    else if (event.key in PANELS) go(PANELS[event.key]);
    else return;
    event.preventDefault();
  });
}

function go(panel) {
  const heading = document.getElementById(`${panel}-title`);
  heading.focus();
  heading.scrollIntoView({ block: "start" });
}
