/**
 * All claims, in the order in which they are proved and reported.
 *
 * @module
 */

import type { Claim } from "../claim.ts";
import { absorption } from "./absorption.ts";
import { account } from "./account.ts";
import { attachKinds } from "./attach_kinds.ts";
import { attached } from "./attached.ts";
import { blocking } from "./blocking.ts";
import { borrowed } from "./borrowed.ts";
import { bounds } from "./bounds.ts";
import { byHand } from "./by_hand.ts";
import { busyHead } from "./busy_head.ts";
import { causes } from "./causes.ts";
import { closed } from "./closed.ts";
import { consumption } from "./consumption.ts";
import { contention } from "./contention.ts";
import { control } from "./control.ts";
import { discards } from "./discards.ts";
import { endings } from "./endings.ts";
import { fallback } from "./fallback.ts";
import { fired } from "./fired.ts";
import { halves } from "./halves.ts";
import { hotplug } from "./hotplug.ts";
import { hugeEvent } from "./huge_event.ts";
import { life } from "./life.ts";
import { lives } from "./lives.ts";
import { loss } from "./loss.ts";
import { lossCount } from "./loss_count.ts";
import { mapEntries } from "./map_entries.ts";
import { memory } from "./memory.ts";
import { merge } from "./merge.ts";
import { notificationCost } from "./notification_cost.ts";
import { order } from "./order.ts";
import { outcomes } from "./outcomes.ts";
import { overlap } from "./overlap.ts";
import { overwrite } from "./overwrite.ts";
import { overwritePosition } from "./overwrite_position.ts";
import { perfOutput } from "./perf_output.ts";
import { perfReadiness } from "./perf_readiness.ts";
import { perfWakeups } from "./perf_wakeup.ts";
import { permission } from "./permission.ts";
import { positions } from "./positions.ts";
import { protection } from "./protection.ts";
import { queries } from "./queries.ts";
import { readers } from "./readers.ts";
import { recordCost } from "./record_cost.ts";
import { recordSizes } from "./record_sizes.ts";
import { recorder } from "./recorder.ts";
import { refusalCost } from "./refusal_cost.ts";
import { refused } from "./refused.ts";
import { reservation } from "./reservation.ts";
import { sampled } from "./sampled.ts";
import { seats } from "./seats.ts";
import { several } from "./several.ts";
import { shapes } from "./shapes.ts";
import { sized } from "./sized.ts";
import { sizes } from "./sizes.ts";
import { skipped } from "./skipped.ts";
import { slots } from "./slots.ts";
import { slowConsumers } from "./slow.ts";
import { starvation } from "./starvation.ts";
import { streams } from "./streams.ts";
import { threads } from "./threads.ts";
import { turns } from "./turns.ts";
import { underLoad } from "./under_load.ts";
import { userRing } from "./user_ring.ts";
import { verifier } from "./verifier.ts";
import { wakeups } from "./wakeup.ts";
import { workers } from "./workers.ts";

/** Every claim that there is. */
export const claims: readonly Claim[] = [
  ...[fallback, halves, permission, refused],
  ...[order, lives, busyHead, merge],
  ...[reservation, account, bounds, discards, verifier, refusalCost],
  ...[queries, overwritePosition, positions, underLoad],
  ...[wakeups, starvation, perfWakeups, perfReadiness],
  ...[sizes, shapes, recordSizes, protection, readers],
  ...[loss, perfOutput, lossCount, skipped],
  ...[memory, absorption],
  ...[slots, life, hotplug],
  ...[several, threads, contention],
  ...[sized, userRing, overwrite, overlap],
  ...[notificationCost, recordCost],
  ...[outcomes, consumption, attached, attachKinds, byHand, mapEntries],
  ...[fired, causes, turns, endings],
  ...[borrowed, closed, streams, sampled],
  ...[control, recorder, hugeEvent, workers, seats, slowConsumers, blocking],
].flat();
