/**
 * The producer of numbered events, bpf/burst.bpf.c, on a CPU of choice.
 *
 * The producer runs where this thread does, hence ffi/cpu.ts, and its events fill
 * pages, hence ffi/bpf_syscall.ts, neither of which mod.ts hands on.
 *
 * @module
 */

import { pageSize } from "../../ffi/bpf_syscall.ts";
import { allowedCpus, pin } from "../../ffi/cpu.ts";
import {
  type BpfObject,
  type Decode,
  type Events,
  openEvents,
  type OpenOptions,
  type Transport,
} from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { drive, driven, runsByCommand } from "./trigger.ts";

/** struct burst_event as its BTF decodes it. */
export interface BurstEvent {
  readonly sequence: bigint;
  readonly ktime: bigint;
  readonly cpu: number;
  readonly tag: string;
}

/** Bytes of struct burst_event. */
export const burstBytes = 24;

/** More events than a page takes on either transport, whatever a page has: 300 where it has 4096 bytes. */
export function overfull(): number {
  return Math.ceil(300 * pageSize() / 4096);
}

/** Opens the producer with a stream; it sends when it is told to by {@linkcode send}. */
export function openBurst<T = BurstEvent>(
  lab: Lab,
  options: OpenOptions & { readonly decode?: Decode<T> } = {},
): Promise<Events<T>> {
  const attach = !runsByCommand(); // a command needs nothing to be attached
  const { decode, ...rest } = options;
  const all = { attach, ...rest };
  const path = driven(lab, "burst");
  return decode === undefined
    ? openEvents<T>(path, all)
    : openEvents<T>(path, { ...all, decode });
}

/** Sends `count` events from where this thread runs; answers what the last one returned. */
export function send(
  object: BpfObject,
  transport: Transport,
  count: number,
): number {
  return drive(object, object.program(`burst_${transport}`), count);
}

/** This thread's CPUs, given back when it is disposed. */
export class Pinned implements Disposable {
  readonly #all = allowedCpus();
  /** The lowest CPU this thread may use. */
  readonly low: number;
  /** The next one. */
  readonly high: number;

  /** Throws where there is but one CPU. */
  constructor() {
    const [low, high] = this.#all;
    if (low === undefined || high === undefined) {
      throw new Error("Cannot order CPUs: this claim needs two of them");
    }
    this.low = low;
    this.high = high;
  }

  /** From now on this thread runs on `cpu`. */
  to(cpu: number): void {
    pin(0, [cpu]);
  }

  /** Lets this thread run everywhere again. */
  [Symbol.dispose](): void {
    pin(0, this.#all);
  }
}
