/**
 * Opens streams of events.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { BpfObject } from "../ffi/object.ts";
import type { Sample } from "../ffi/sample.ts";
import { Account, counters } from "./account.ts";
import { checkOptions } from "./check_options.ts";
import { Events } from "./events.ts";
import { eventShape, type Wish } from "./event_shape.ts";
import { Intake, type IntakeParts } from "./intake.ts";
import { type EventShape, Lane } from "./lane.ts";
import { Merge } from "./merge.ts";
import type { Decode, OpenOptions, ReadOptions } from "./options.ts";
import type { Channel } from "./port.ts";
import type { EventsParts, Shared } from "./parts.ts";
import { Ports } from "./ports.ts";
import { defaultMs, Reader } from "./reader.ts";
import { seatMemory, Seats } from "./seats.ts";
import {
  channelOf,
  findStream,
  leaveOut,
  requireRoom,
  setRings,
  type Stream,
  streamsOf,
} from "./stream.ts";
import { type Choice, chooseTransport } from "./transport.ts";

/** An event of one of several streams, `S` being their events by their names. */
export type Tagged<S> = {
  [Name in keyof S]: { readonly stream: Name; readonly event: S[Name] };
}[keyof S];

/** Opens the object, probes the kernel, loads one half, subscribes and attaches. */
export function openEvents(
  path: string,
  options: OpenOptions & { readonly decode: "bytes" },
): Promise<Events<Sample>>;
/** The same with events that `decode` makes. */
export function openEvents<T>(
  path: string,
  options: OpenOptions & { readonly decode: Decode<T> },
): Promise<Events<T>>;
/**
 * The same with events decoded by the object's BTF; `T` is what the caller
 * knows them to be, and what `deno task bpf:types` writes. A `"view"` decodes a
 * field when it is read, and is borrowed as a sample is.
 */
export function openEvents<T>(
  path: string,
  options?: OpenOptions & { readonly decode?: "object" | "view" },
): Promise<Events<T>>;
export function openEvents(
  path: string,
  options: OpenOptions & Wish = {},
): Promise<Events<unknown>> {
  return promise(() =>
    open(path, options, (object) => [findStream(object, options.stream)])
  );
}

/**
 * The same for all streams of the object behind one wait: each event comes with
 * its stream's name. `S` has the streams' events by their names.
 */
export function openStreams<S>(
  path: string,
  options: StreamsOptions & { readonly decode: "bytes" },
): Promise<Events<Tagged<{ [Name in keyof S]: Sample }>>>;
/** The same with events that `decode` makes, or that the object's BTF decodes. */
export function openStreams<S = Record<string, unknown>>(
  path: string,
  options?: StreamsOptions & {
    readonly decode?: "object" | Decode<S[keyof S]>;
  },
): Promise<Events<Tagged<S>>>;
export function openStreams(
  path: string,
  options: StreamsOptions & Wish = {},
): Promise<Events<unknown>> {
  return promise(() => open(path, options, streamsOf, "tagged"));
}

/** How to open all streams of an object. */
export type StreamsOptions = Omit<OpenOptions, "stream">;

/** Reads along with the thread that opened the stream and shared it, on `cpus` of its own. */
export function joinEvents(
  shared: Shared,
  options: ReadOptions & { readonly decode: "bytes" },
): Promise<Events<Sample>>;
/** The same with events that `decode` makes. */
export function joinEvents<T>(
  shared: Shared,
  options: ReadOptions & { readonly decode: Decode<T> },
): Promise<Events<T>>;
/** The same with events decoded by the object's BTF. */
export function joinEvents<T>(
  shared: Shared,
  options?: ReadOptions & { readonly decode?: "object" | "view" },
): Promise<Events<T>>;
export function joinEvents(
  shared: Shared,
  options: Wish = {},
): Promise<Events<unknown>> {
  return promise(() => {
    checkOptions(options);
    options.signal?.throwIfAborted();
    requireShared(shared);
    using undo = new DisposableStack();
    // For the events' types only: the maps are the opener's.
    using object = BpfObject.open(shared.path);
    const streams = shared.channels.map(({ name }) => findStream(object, name));
    const parts = assemble(undo, { object, streams, shared, options });
    return new Events({ ...parts, object: undefined }, undo);
  });
}

/** What throws becomes a rejection. */
function promise<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

function open(
  path: string,
  options: OpenOptions & Wish,
  choose: (object: BpfObject) => Stream[],
  tagged?: "tagged",
): Events<unknown> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  using undo = new DisposableStack();
  const object = undo.use(BpfObject.open(path));
  const streams = choose(object);
  const choice = chooseTransport(options.transport ?? "auto", options);
  const { every = 1 } = options.wakeup ?? {};
  const shared: Shared = {
    ...{ path, ...choice, every, tagged: tagged !== undefined },
    channels: load(object, streams, choice, options),
    overwrite: options.overwrite ?? false,
    seats: seatMemory(streams.length),
  };
  const parts = assemble(undo, { object, streams, shared, options });
  undo.defer(() => new Seats(shared.seats).close());
  if (every > 1) parts.accounts.forEach((account) => account.every = every);
  // Behind the subscription, so that no event is sent to nobody.
  if (options.attach ?? true) object.attach();
  return new Events(parts, undo);
}

function requireShared(shared: Shared): void {
  if (!Array.isArray(shared?.channels) || shared.seats === undefined) {
    throw new BpfError("join the readers of a stream", {
      cause: "what was given is not what share() answers",
    });
  }
  new Seats(shared.seats).requireOpen();
}

/** Loads the half that serves the transport, sized as asked for. */
function load(
  object: BpfObject,
  streams: readonly Stream[],
  { transport }: Choice,
  options: OpenOptions,
): Channel[] {
  leaveOut(object, transport);
  for (const stream of transport === "ring" ? streams : []) {
    setRings(stream, options);
  }
  object.load();
  return streams.map((stream) => {
    const channel = channelOf(stream, transport);
    requireRoom(stream, channel, options.perfPages ?? defaultPages);
    return channel;
  });
}

/** Pages of a CPU's perf buffer. */
const defaultPages = 64;

/** What a stream is put together from. */
interface Pieces {
  readonly object: BpfObject;
  readonly streams: readonly Stream[];
  readonly shared: Shared;
  readonly options: Wish;
}

/** Opens the buffers; `undo` owns all of it. */
function assemble(
  undo: DisposableStack,
  { object, streams, shared, options }: Pieces,
): EventsParts<unknown> {
  const { channels, every, overwrite, tagged, seats: memory } = shared;
  const { cpus, perfPages: pages = defaultPages, maxMs = defaultMs } = options;
  const lanes = streams.map((stream) => {
    const shape = eventShape(object, stream, options);
    return new Lane(tagged ? withTag(shape) : shape);
  });
  const accounts = channels.map((channel, stream) =>
    undo.use(accountOf(channel, stream, shared, cpus))
  );
  const seats = new Seats(memory);
  const ports = undo.use(
    new Ports(channels, { pages, every, overwrite, cpus, seats }),
  );
  const reader = undo.use(new Reader(ports, options));
  const merge = mergeOf(options);
  const intake = new Intake({ reader, ports, lanes, maxMs, ...merge });
  return { object, shared, lanes, accounts, ports, reader, intake, options };
}

/** The same events, each with its stream's name. */
function withTag(shape: EventShape<unknown>): EventShape<unknown> {
  const { name: stream, make } = shape;
  const tag = (event: unknown): unknown => ({ stream, event });
  return {
    ...shape,
    raw: false,
    make: (sample, loan) => tag(make(sample, loan)),
  };
}

/** A ring's reader goes on where the former one left; the others have CPUs, and begin with them. */
function accountOf(
  channel: Channel,
  stream: number,
  { seats: { accounted } }: Shared,
  cpus: readonly number[] | undefined,
): Account {
  if (channel.kind !== "ring" || cpus?.length === 0) {
    return new Account(channel, cpus);
  }
  const words = counters.length;
  const carried = new BigInt64Array(accounted, 8 * words * stream, words);
  return new Account(channel, undefined, carried);
}

function mergeOf(
  { order, windowMs = 10 }: Wish,
): Pick<IntakeParts<unknown>, "merge"> {
  return order === "timestamp" ? { merge: new Merge(windowMs) } : {};
}
