/* Light or dark? As the system has it, until somebody chooses; the choice stays in this browser. */

const KEY = "theme";
const CHOICES = ["system", "light", "dark"];

export function apply() {
  const chosen = kept();
  const root = document.documentElement;
  if (chosen === "system") root.removeAttribute("data-theme");
  else root.setAttribute("data-theme", chosen);
  const button = document.getElementById("theme");
  if (button) button.textContent = `Theme: ${chosen}`;
}

export function next() {
  const chosen = CHOICES[(CHOICES.indexOf(kept()) + 1) % CHOICES.length];
  localStorage.setItem(KEY, chosen);
  apply();
  return chosen;
}

function kept() {
  const found = localStorage.getItem(KEY);
  return CHOICES.includes(found) ? found : "system";
}
