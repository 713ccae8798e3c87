/* Is the daemon well? Each part of it, and how the machine fares. */

import { at, badge, facts, ticking } from "../parts.js";
import { table } from "../table.js";
import { amount, duration, words } from "../text.js";

export const health = {
  id: "health", title: "Health", needs: ["health"],
  draw({ health: found }) {
    const parts = Object.entries(found.components).map(([name, part]) => ({ name, ...part }));
    return [
      facts([
        ["All in all", badge(found.system_status, KINDS[found.system_status])],
        ["Version", found.version],
        ["Started (UTC)", found.started && at(found.started)],
        ["Up for", ticking(duration(found.uptime_s))],
        ["Loop lag", ticking(`${found.loop_lag_ms} ms`)],
        ["Disk free", ticking(`${megabytes(found.disk_free_bytes)} MB`)],
        ["Memory", found.memory_bytes && ticking(`${megabytes(found.memory_bytes)} MB`)],
      ]),
      table("health", "Parts", COLUMNS, parts, (part) => part.name),
    ];
  },
};

const megabytes = (bytes) => amount(String(Math.floor(bytes / 2 ** 20)));

const KINDS = { healthy: "good", degraded: "poor", unhealthy: "bad" };

const COLUMNS = [
  { title: "Part", cell: (part) => words(part.name) },
  { title: "Status", cell: (part) => badge(part.status, KINDS[part.status]) },
];
