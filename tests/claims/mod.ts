/**
 * All claims, in the order in which they are proved and reported.
 *
 * @module
 */

import type { Claim } from "../claim.ts";
import { attached } from "./attached.ts";
import { consumption } from "./consumption.ts";
import { fallback } from "./fallback.ts";
import { loss } from "./loss.ts";
import { order } from "./order.ts";
import { queries } from "./queries.ts";
import { reservation } from "./reservation.ts";
import { sizes } from "./sizes.ts";
import { wakeups } from "./wakeup.ts";

/** Every claim that there is. */
export const claims: readonly Claim[] = [
  ...fallback,
  ...order,
  ...reservation,
  ...queries,
  ...wakeups,
  ...sizes,
  ...loss,
  ...consumption,
  ...attached,
];
