/* How does a browser become trusted? A code in the address, or the token, becomes a cookie. */

import { Refused, post } from "./api.js";
import { shown } from "./text.js";
import * as theme from "./theme.js";

const form = document.getElementById("login");
const told = document.getElementById("told");

async function enter(proof) {
  told.textContent = "";
  try {
    await post("session", { ...proof, name: form.elements.user.value.trim() });
    location.replace("/");
  } catch (error) {
    const text = error instanceof Refused ? error.message : "the daemon does not answer";
    told.textContent = shown(`Not logged in: ${text}`);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter({ token: form.elements.token.value.trim() });
});

function follow() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", "/login"); // a code that was used stays in no history
  enter({ code });
}

theme.apply();
window.addEventListener("hashchange", follow); // a link that is followed from this very page
follow();
