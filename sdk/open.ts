/**
 * Opens streams of events.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { BpfObject } from "../ffi/object.ts";
import type { Sample } from "../ffi/sample.ts";
import { Account } from "./account.ts";
import { Events } from "./events.ts";
import { Intake } from "./intake.ts";
import { Lane } from "./lane.ts";
import { Merge } from "./merge.ts";
import type { Decode, OpenOptions, ReadOptions } from "./options.ts";
import type { Channel } from "./port.ts";
import type { Shared } from "./parts.ts";
import { Ports } from "./ports.ts";
import { Reader } from "./reader.ts";
import { shapeOf, type Wish } from "./event_shape.ts";
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
  options: Omit<OpenOptions, "stream"> & {
    readonly decode?: "object" | "view" | "bytes" | Decode<S[keyof S]>;
  } = {},
): Promise<Events<Tagged<S>>> {
  return promise(() =>
    open(path, options, streamsOf, tag) as Events<unknown> as Events<Tagged<S>>
  );
}

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
    options.signal?.throwIfAborted();
    using undo = new DisposableStack();
    const object = undo.use(BpfObject.open(shared.path));
    const streams = shared.channels.map(({ name }) => findStream(object, name));
    return assemble(undo, { object, streams, shared, options });
  });
}

/** What throws becomes a rejection. */
function promise<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

type Wrap = (lane: string, event: unknown) => unknown;

const tag: Wrap = (stream, event) => ({ stream, event });

function open(
  path: string,
  options: OpenOptions & Wish,
  choose: (object: BpfObject) => Stream[],
  wrap?: Wrap,
): Events<unknown> {
  options.signal?.throwIfAborted();
  using undo = new DisposableStack();
  const object = undo.use(BpfObject.open(path));
  const streams = choose(object);
  const choice = chooseTransport(options.transport ?? "auto", options);
  const channels = load(object, streams, choice, options);
  const shared = { path, ...choice, channels };
  const events = assemble(undo, { object, streams, shared, options, wrap });
  // Attached behind the subscription, so that no event is sent to nobody.
  if (options.attach ?? true) attach(object, events);
  return events;
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

function attach(object: BpfObject, events: Events<unknown>): void {
  try {
    object.attach();
  } catch (error) {
    events.abandon();
    throw error;
  }
}

/** What a stream is put together from. */
interface Pieces {
  readonly object: BpfObject;
  readonly streams: readonly Stream[];
  readonly shared: Shared;
  readonly options: OpenOptions & Wish;
  readonly wrap?: Wrap | undefined;
}

/** Opens the buffers; the events own all of it from then on. */
function assemble(undo: DisposableStack, pieces: Pieces): Events<unknown> {
  const { object, streams, shared, options, wrap } = pieces;
  const { channels } = shared;
  const lanes = streams.map((stream) => {
    const shape = shapeOf(object, stream, options);
    const { name, make } = shape;
    return new Lane(
      wrap === undefined ? shape : {
        ...{ ...shape, lends: false },
        make: (sample, loan) => wrap(name, make(sample, loan)),
      },
    );
  });
  const accounts = channels.map((channel) =>
    undo.use(new Account(channel, accounted(channel.kind, options.cpus)))
  );
  const every = wakeEvery(options.wakeup?.every);
  if (every > 1) accounts.forEach((account) => account.every = every);
  const ports = new Ports(channels, options.cpus, {
    pages: options.perfPages ?? defaultPages,
    every,
    overwrite: options.overwrite ?? false,
  });
  const reader = undo.use(new Reader(ports, options));
  const merge = options.order === "timestamp"
    ? { merge: new Merge<readonly [unknown, Lane<unknown>]>(windowOf(options)) }
    : {};
  const intake = new Intake({ reader, ports, lanes, ...merge });
  return new Events({
    ...{ object, shared, lanes, accounts, ports, reader, intake },
    ...{ options, owned: undo.move() },
  });
}

/** The one ring serves all CPUs: it is read whole or not at all. */
function accounted(
  kind: Channel["kind"],
  cpus: readonly number[] | undefined,
): readonly number[] | undefined {
  return kind === "ring" && cpus?.length !== 0 ? undefined : cpus;
}

function wakeEvery(every = 1): number {
  if (Number.isSafeInteger(every) && every >= 1) return every;
  throw new BpfError(`wake for one event in ${every}`, {
    cause: "it is no positive integer",
  });
}

function windowOf({ windowMs = 10 }: Wish): number {
  if (windowMs >= 0 && Number.isFinite(windowMs)) return windowMs;
  throw new BpfError(`hold events for ${windowMs} ms`, {
    cause: "it is no time",
  });
}
