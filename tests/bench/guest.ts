/**
 * The bench inside a guest: a line of JSON for the machine, and one for each row.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { guestObjects } from "../freight.ts";
import { maskRing } from "../mask.ts";
import { writeOut } from "../streams.ts";
import { guestGround } from "./ground.ts";
import { chosen, machineHere, rowsOf } from "./here.ts";
import type { Row } from "./report.ts";

/** What a guest says. */
export type Said =
  | { readonly is: "machine"; readonly machine: Machine }
  | { readonly is: "row"; readonly row: Row };

/** A processor and a kernel. */
export type Machine = Awaited<ReturnType<typeof machineHere>>;

function say(said: Said): void {
  writeOut(`${JSON.stringify(said)}\n`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      row: { type: "string", multiple: true, default: [] },
      runs: { type: "string", default: "5" },
      mask: { type: "boolean", default: false },
    },
  });
  using _ = values.mask ? maskRing(guestObjects) : undefined;
  say({ is: "machine", machine: await machineHere() });
  const some = chosen(values.row);
  for await (const row of rowsOf(some, guestGround, Number(values.runs))) {
    say({ is: "row", row });
  }
}
