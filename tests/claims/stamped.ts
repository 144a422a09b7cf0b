/**
 * The producer of stamped events, bpf/streams.bpf.c, on a CPU of choice.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type Events,
  openEvents,
  type OpenOptions,
  openStreams,
  type Tagged,
} from "../../mod.ts";
import type { Json, Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { transports } from "./transports.ts";
import { requireTestRun } from "./trigger.ts";

/** struct stamped_event as its BTF decodes it. */
export interface StampedEvent {
  readonly stamp: { readonly time: bigint; readonly cpu: number };
  readonly sequence: bigint;
}

/** The streams of the object: over one ring, and over a ring for each CPU. */
export interface StampedStreams {
  readonly one: StampedEvent;
  readonly each: StampedEvent;
}

/** Its number, as a number. */
export const numberOf = ({ sequence }: StampedEvent): number =>
  Number(sequence);

/** Sends events into a stream, from one CPU; what the program returned last. */
export function sendFrom(
  cpu: number,
  { object, transport }: Events<unknown>,
  stream: keyof StampedStreams,
  repeat = 1,
): number {
  using cpus = new Pinned();
  cpus.to(cpu);
  return object.program(`to_${stream}_${transport}`).testRun({ repeat }).result;
}

/** Makes all later events `ns` older than they are. */
export function age({ object }: Events<unknown>, ns: bigint): void {
  object.map("age").update(0, new Uint8Array(new BigUint64Array([ns]).buffer));
}

/** The two CPUs that a claim sends from. */
export function twoCpus(): readonly [low: number, high: number] {
  using cpus = new Pinned();
  return [cpus.low, cpus.high];
}

/** What a claim wants of a stream. */
type StreamOptions = Omit<OpenOptions, "stream">;

/** Opens one stream of the object. */
export function openStamped(
  lab: Lab,
  stream: keyof StampedStreams,
  options: StreamOptions,
): Promise<Events<StampedEvent>> {
  requireTestRun();
  const all = { attach: false, stream, ...options };
  return openEvents<StampedEvent>(lab.object("streams"), all);
}

/** Runs `prove` on each transport that the kernel has with a fresh stream, and keeps what it answers. */
export async function onStream(
  lab: Lab,
  stream: keyof StampedStreams,
  options: Omit<StreamOptions, "transport">,
  prove: (events: Events<StampedEvent>) => Promise<Json> | Json,
): Promise<void> {
  for (const transport of transports()) {
    await using events = await openStamped(lab, stream, {
      ...{ transport, ...options },
    });
    lab.evidence({ [transport]: await prove(events) });
  }
}

/** The same with both streams. */
export async function onStreams(
  lab: Lab,
  options: Omit<StreamOptions, "transport">,
  prove: (events: Events<Tagged<StampedStreams>>) => Promise<Json> | Json,
): Promise<void> {
  requireTestRun();
  for (const transport of transports()) {
    await using events = await openStreams<StampedStreams>(
      lab.object("streams"),
      { attach: false, transport, ...options },
    );
    lab.evidence({ [transport]: await prove(events) });
  }
}

/** Asserts what became of the events: attempted, delivered, lost, pending. */
export function assertFlow(
  { attempted, delivered, lost, pending }: Record<
    "attempted" | "delivered" | "lost" | "pending",
    number
  >,
  expected: readonly number[],
): void {
  assert.deepEqual([attempted, delivered, lost, pending], expected);
}
