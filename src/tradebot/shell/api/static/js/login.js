/* How does a browser become trusted? A code from the address, or one typed, becomes a cookie. */

import { Refused, post } from "./api.js";
import { shown } from "./text.js";
import * as theme from "./theme.js";

const form = document.getElementById("login");
const told = document.getElementById("told");

async function enter(secret) {
  told.textContent = "";
  const user = form.elements.user.value.trim();
  try {
    await post("session", { secret, user });
    location.replace("/");
  } catch (error) {
    const text = error instanceof Refused ? error.message : "the daemon does not answer";
    told.textContent = shown(`Not logged in: ${text}`);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(form.elements.secret.value.trim());
});

theme.apply();
const code = new URLSearchParams(location.hash.slice(1)).get("code");
if (code) {
  history.replaceState(null, "", "/login"); // a code that was used stays in no history
  enter(code);
}
