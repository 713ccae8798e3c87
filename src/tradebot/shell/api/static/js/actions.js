/* What do the buttons do? One function each, by the `data-action` of what was pressed. */

import { Refused, get, post, remove } from "./api.js";
import { alarm, news } from "./announce.js";
import { ask, show } from "./dialogs.js";
import { h } from "./dom.js";
import { KEYS } from "./keys.js";
import { facts, money, note } from "./parts.js";
import { turn } from "./table.js";
import { short } from "./text.js";
import * as theme from "./theme.js";
import { told } from "./why.js";

const QUIET = new Set(["help", "leave", "theme", "turn", "understood", "why"]); // nothing changes
const busy = new Set(); // what was sent and not yet answered: a second press sends nothing

/** Build the actions over the documents that are shown; `redraw` shows what only the page knows. */
export function actions(documents, redraw) {
  const drafts = () => documents.shown.drafts?.drafts ?? [];
  return {
    leave: async () => { await remove("session"); location.replace("/login"); },
    theme: () => news(`Theme: ${theme.next()}`),
    help: () => show("Keys", h("dl", { class: "keys" }, KEYS.map(([keys, meaning]) =>
      h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, meaning))))),
    turn: (name, { to }) => { turn(name, Number(to)); redraw(); },
    kill: async () => {
      await post("kill", { reason: "the kill button of the dashboard" });
      alarm("Killed: nothing more is sent, and every order is being cancelled.");
    },
    pause: () => post("pause", { reason: "from the dashboard" }),
    reduce: () => post("reduce-only/on", { reason: "from the dashboard" }),
    cancel: (id) => post(`orders/${encodeURIComponent(id)}/cancel`),
    "cancel-all": async () => {
      const text = "Every working order is cancelled, and every held intent refused.";
      if (await ask("Cancel all?", note(text), { yes: "Cancel all" }) !== null) {
        await post("cancel-all");
      }
    },
    approve: (id) => approve(drafts().find((draft) => draft.draft_id === id)),
    reject: async (id) => {
      const draft = drafts().find((row) => row.draft_id === id);
      const reason = draft && await ask(`Reject ${short(id)}?`, note(draft.trade), {
        yes: "Reject", reason: "Why? The journal keeps it.",
      });
      if (reason) await post(`drafts/${encodeURIComponent(id)}/reject`, { reason });
    },
    why: async (id) => show(`Why ${short(id)}`, told(await get(`why/${encodeURIComponent(id)}`))),
  };
}

/** Ask once more, then say yes to exactly what was shown: its digest, account, rules and loss. */
async function approve(draft) {
  if (draft === undefined) return;
  const shown = facts([
    ["Trade", draft.trade], ["Most that can be lost", money(draft.max_loss)],
    ["Account", draft.account ?? "none"], ["Digest", h("code", {}, draft.digest)],
  ]);
  const answer = await ask("Approve this draft?", shown, { yes: "Approve" });
  if (answer === null) return;
  await post(`drafts/${encodeURIComponent(draft.draft_id)}/approve`, {
    digest: draft.digest, settings: draft.settings_version,
    ...(draft.account && { account: draft.account }),
    ...(draft.max_loss && { max_loss: draft.max_loss }),
  });
  news(`Approved ${short(draft.draft_id)}.`);
}

/** Do what was pressed, once; what the daemon refuses is shown with its reason. */
export async function perform(known, documents, { action, id = "", ...more }) {
  const name = `${action} ${id}`;
  if (busy.has(name) || !(action in known)) return;
  busy.add(name);
  try {
    await known[action](id, more);
  } catch (error) {
    const { command, reason_code: code } = error.problem ?? {};
    const title = error instanceof Refused ? "Refused" : "No answer";
    show(title, [note(error.message), code && note(code), command && h("code", {}, command)]);
  } finally {
    busy.delete(name);
    if (!QUIET.has(action)) documents.touchAll();
  }
}
