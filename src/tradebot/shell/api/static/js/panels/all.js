/* Which panels are there, in the order of the page? */

import { alerts } from "./alerts.js";
import { config } from "./config.js";
import { decisions } from "./decisions.js";
import { drafts } from "./drafts.js";
import { equity, strategies } from "./equity.js";
import { headroom } from "./headroom.js";
import { health } from "./health.js";
import { kill } from "./kill.js";
import { orders } from "./orders.js";
import { positions } from "./positions.js";
import { reconciliation } from "./reconciliation.js";
import { letters, routes } from "./routes.js";
import { standing } from "./standing.js";
import { windows } from "./windows.js";

/** By the part of the page that they stand in. */
export const PARTS = {
  top: [kill],
  work: [drafts, positions, orders, equity, strategies, decisions],
  side: [standing, alerts, headroom, windows, routes, letters, reconciliation, config, health],
};

export const PANELS = Object.values(PARTS).flat();
