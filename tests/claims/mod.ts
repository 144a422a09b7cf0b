/**
 * All claims, in the order in which they are proved and reported.
 *
 * @module
 */

import type { Claim } from "../claim.ts";
import { absorption } from "./absorption.ts";
import { attached } from "./attached.ts";
import { consumption } from "./consumption.ts";
import { fallback } from "./fallback.ts";
import { hotplug } from "./hotplug.ts";
import { life } from "./life.ts";
import { loss } from "./loss.ts";
import { lossCount } from "./loss_count.ts";
import { memory } from "./memory.ts";
import { order } from "./order.ts";
import { overlap } from "./overlap.ts";
import { overwrite } from "./overwrite.ts";
import { perfOutput } from "./perf_output.ts";
import { permission } from "./permission.ts";
import { queries } from "./queries.ts";
import { refused } from "./refused.ts";
import { reservation } from "./reservation.ts";
import { several } from "./several.ts";
import { sized } from "./sized.ts";
import { sizes } from "./sizes.ts";
import { slots } from "./slots.ts";
import { userRing } from "./user_ring.ts";
import { wakeups } from "./wakeup.ts";

/** Every claim that there is. */
export const claims: readonly Claim[] = [
  ...[fallback, permission, refused],
  ...[order],
  ...[reservation],
  ...[queries],
  ...[wakeups],
  ...[sizes],
  ...[loss, perfOutput, lossCount],
  ...[memory, absorption],
  ...[slots, life, hotplug],
  ...[several],
  ...[sized, userRing, overwrite, overlap],
  ...[consumption, attached],
].flat();
