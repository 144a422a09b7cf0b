/**
 * All mutants, chapter by chapter.
 *
 * @module
 */

import { blocking } from "./blocking.ts";
import { consumption } from "./consumption.ts";
import { costs } from "./costs.ts";
import { discards } from "./discards.ts";
import { fallback } from "./fallback.ts";
import { life } from "./life.ts";
import { loss } from "./loss.ts";
import { memory } from "./memory.ts";
import { newer } from "./newer.ts";
import { order } from "./order.ts";
import { program } from "./program.ts";
import { queries } from "./queries.ts";
import { reservation } from "./reservation.ts";
import { several } from "./several.ts";
import { shapes } from "./shapes.ts";
import { streams } from "./streams.ts";
import { turns } from "./turns.ts";
import { wakeup } from "./wakeup.ts";
import type { Mutant } from "./mutant.ts";

/** Every mutant that there is, in the order in which the claims are reported. */
export const mutants: readonly Mutant[] = [
  ...[fallback, order],
  ...[reservation, discards, queries, wakeup],
  ...[shapes, loss, memory],
  ...[life, several, newer, consumption, turns],
  ...[streams, program, costs, blocking],
].flat();
