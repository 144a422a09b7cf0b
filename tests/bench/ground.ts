/**
 * Where both sides' programs lie, on this machine or in a guest.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { hostObjects } from "../freight.ts";
import { buildC, type Programs } from "./build.ts";

/** What a bench stands on. */
export interface Ground extends Programs {
  /** Path of ours.ts, or of what it was bundled to. */
  readonly ours: string;
  /** Path of bench.bpf.o. */
  readonly object: string;
  /** Of the events of a run: an emulated processor gets fewer. */
  readonly part: number;
  /** Ends what is at work. */
  readonly signal?: AbortSignal;
}

/** Path of the SDK's side. */
export const oursPath = fileURLToPath(new URL("ours.ts", import.meta.url));

/** On this machine: the C side is built anew. */
export async function hostGround(signal: AbortSignal): Promise<Ground> {
  return {
    ...await buildC(),
    ours: oursPath,
    object: `${hostObjects}/bench.bpf.o`,
    part: 1,
    signal,
  };
}

/** In a guest, by the places that tests/bench/machine.ts gives them. */
export const guestGround: Ground = {
  consumer: "/ringside/bench/consumer",
  driver: "/ringside/bench/driver",
  ours: "/ringside/bench/ours.js",
  object: "/bpf/build/bench.bpf.o",
  part: 1 / 4,
};
