/**
 * What a stream of events is put together from.
 *
 * @module
 */

import type { BpfObject } from "../ffi/object.ts";
import type { Account } from "./account.ts";
import type { Intake } from "./intake.ts";
import type { Lane } from "./lane.ts";
import type { ReadOptions } from "./options.ts";
import type { Channel } from "./port.ts";
import type { Ports } from "./ports.ts";
import type { Reader } from "./reader.ts";
import type { SeatMemory } from "./seats.ts";
import type { Transport } from "./transport.ts";

/**
 * Reading that several threads share: to be posted to a Worker of this process
 * and given to {@linkcode joinEvents} there.
 */
export interface Shared {
  /** The object's path. */
  readonly path: string;
  /** The transport in use. */
  readonly transport: Transport;
  /** Why. */
  readonly reason: string;
  /** Descriptors, which stay open as long as the stream that was shared. */
  readonly channels: readonly Channel[];
  /** One event in so many wakes. */
  readonly every: number;
  /** Whether a full buffer gives up its oldest events. */
  readonly overwrite: boolean;
  /** Whether each event comes with its stream's name: {@linkcode openStreams}. */
  readonly tagged: boolean;
  /** Who reads what. */
  readonly seats: SeatMemory;
}

/** The parts, each of which is another's to explain. */
export interface EventsParts<T> {
  /** Loaded; `undefined` of a stream that was joined. */
  readonly object: BpfObject | undefined;
  readonly shared: Shared;
  /** The streams, in the order that ports number them in. */
  readonly lanes: readonly Lane<T>[];
  /** Their accounts, in the same order. */
  readonly accounts: readonly Account[];
  readonly ports: Ports;
  readonly reader: Reader;
  readonly intake: Intake<T>;
  readonly options: ReadOptions;
}
