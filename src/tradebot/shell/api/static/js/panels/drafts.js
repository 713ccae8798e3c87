/* What waits for a person? Each draft with what it is, what it can lose and how long it waits. */

import { h } from "../dom.js";
import { badge, button, countdown, facts, money, note, ticking, why } from "../parts.js";
import { amount, short } from "../text.js";

export const drafts = {
  id: "drafts", title: "Drafts", needs: ["drafts"],
  count: ({ drafts: found }) => found?.drafts.length,
  draw({ drafts: { drafts: rows } }) {
    if (rows.length === 0) return note("Nothing waits for a person.");
    return h("ul", { class: "cards" }, rows.map(card));
  },
};

function card(draft) {
  const name = `${draft.trade}, ${short(draft.draft_id)}`;
  return h("li", { class: "card", "data-key": draft.draft_id },
    h("h3", {}, draft.trade, " ", badge(draft.status, "plain")),
    h("ul", { class: "explained" }, draft.explanation.map((line) => h("li", {}, line))),
    facts([
      ["Most that can be lost", money(draft.max_loss)],
      ["Expires in", countdown(draft.expires_utc)],
      ["Asked by", [draft.user ?? draft.strategy_id ?? "somebody", ` (${draft.source})`]],
      ["Account", draft.account ?? "none"],
      ["Market since then", draft.drift !== null && ticking("moved by ", amount(draft.drift))],
      ["Approved by", draft.approved_by !== null && [
        draft.approved_by, draft.approvals_lacking > 0 && `; lacks ${draft.approvals_lacking} more`,
      ]],
      ["Why it waits", draft.reason_detail],
      ["Digest", h("code", {}, draft.digest)],
    ]),
    h("p", { class: "buttons" },
      button("Approve", "approve", draft.draft_id, {
        class: "yes", "aria-label": `Approve ${name}`,
      }),
      button("Reject", "reject", draft.draft_id, { "aria-label": `Reject ${name}` }),
      why(draft.draft_id, name)));
}
