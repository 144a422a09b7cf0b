/**
 * What a caller may ask of a stream.
 *
 * @module
 */

import type { Sample } from "../ffi/sample.ts";
import type { Transport } from "./transport.ts";
import type { Warning } from "./warning.ts";

/** How much one turn may take before timers and signals run. */
export interface TurnLimits {
  /**
   * Events; by default 4096, and in {@linkcode Events.forEach}, which queues none
   * of them, 262 144.
   */
  readonly maxEvents?: number | undefined;
  /** Time, ms; 10 by default. */
  readonly maxMs?: number | undefined;
}

/**
 * How events are read; all of it may be left out. Beside these there is `decode`:
 * `"object"` (the default) decodes by the object's BTF; `"bytes"` lends each
 * record as a {@linkcode Sample}, in {@linkcode Events.forEach} until the
 * callback returns, else until the next events are asked for; `"view"` lends it
 * for as long behind getters of its type's fields, in `forEach` one object for
 * all records, and each getter decodes anew; a function makes the event of the
 * borrowed record itself.
 */
export interface ReadOptions extends TurnLimits {
  /**
   * Pages of each CPU's perf buffer, a power of two; 64 by default.
   */
  readonly perfPages?: number | undefined;
  /**
   * Only these CPUs' perf buffers, or rings of a ring per CPU, are read; the
   * account is theirs then. Others may read the rest: see
   * {@linkcode Events.share}. By default all that are online, and those that
   * come online later.
   */
  readonly cpus?: readonly number[] | undefined;
  /** 64-bit integers: `"bigint"` (the default), or `"number"`: numbers where they are safe. */
  readonly int64?: "bigint" | "number" | undefined;
  /**
   * `"timestamp"` merges what comes from several buffers by the events' member
   * `stamp` (struct ringside_stamp); `"arrival"`, the default, hands out what
   * comes first. A single ring needs no merge: its order is that of reservation.
   */
  readonly order?: "arrival" | "timestamp" | undefined;
  /**
   * With order `"timestamp"`: how long an event may take from its stamp until
   * it can be read, ms; 10 by default. Events are held that long; one that
   * takes longer is handed out late, and counted in `stats().order.late`.
   */
  readonly windowMs?: number | undefined;
  /**
   * How long this thread itself may wait for events, ms, before timers, messages
   * and other work get their turn; 0, the default, leaves all waiting to another
   * thread. An event is here a thread's wakeup earlier: for a Worker that does
   * nothing else.
   */
  readonly blockMs?: number | undefined;
  /** Closes the stream when it is aborted; who waits for events is told so. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Is told what is not as it should be although nothing has failed, while
   * somebody waits for events.
   */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** How long the record at a ring's head may be busy before that is a warning, ms; 1000 by default. */
  readonly busyMs?: number | undefined;
}

/** Makes an event of a borrowed record of the stream of that name; what it throws counts as undecodable. */
export type Decode<T> = (borrowed: Sample, stream: string) => T;

/** How to open a stream; all of it may be left out. */
export interface OpenOptions extends ReadOptions {
  /** `"auto"` (the default) asks the kernel; the others insist. */
  readonly transport?: "auto" | Transport | undefined;
  /** The name given to RINGSIDE_EVENTS(); the only one there is by default. */
  readonly stream?: string | undefined;
  /** Whether the programs are attached where their sections say: yes by default. */
  readonly attach?: boolean | undefined;
  /** Size of each ring in bytes, a power of two of pages, 2 GiB at most; by default the object's. */
  readonly ringBytes?: number | undefined;
  /** Wakes this side for one event in `every` of each CPU; by default for each one it waits for. */
  readonly wakeup?: { readonly every: number } | undefined;
  /**
   * A flight recorder: a full buffer gives up its oldest events, and
   * {@linkcode Events.snapshot} reads what there is. It takes a ring from Linux
   * 6.19 on, a perf buffer before.
   */
  readonly overwrite?: boolean | undefined;
}

/** What may end one way of taking events early. */
export interface CallOptions {
  /** Ends this call, not the stream. */
  readonly signal?: AbortSignal | undefined;
}

/** How long {@linkcode Events.next} may wait. */
export interface NextOptions extends CallOptions {
  /** ms; without it, until there is an event. 0 does not wait. */
  readonly timeoutMs?: number | undefined;
}

/** What came of waiting for one event. */
export type Next<T> =
  | { readonly is: "event"; readonly event: T }
  /** Nothing came in time. */
  | { readonly is: "timeout" }
  /** The stream was closed. */
  | { readonly is: "closed" }
  /** A signal was aborted: that of the call, or that of the stream. */
  | { readonly is: "aborted"; readonly reason: unknown };
