/**
 * Order across buffers: events are held until nothing older can come.
 *
 * @module
 */

/** What the merge has done so far. */
export interface OrderStats {
  /** How long an event may take from its stamp until it can be read, ms. */
  readonly windowMs: number;
  /** Events that are held now. */
  readonly held: number;
  /** The longest that an event was held, from its arrival on, ms. */
  readonly heldMs: number;
  /** Events handed out behind a younger one: they took longer than the window. */
  readonly late: number;
  /** How far an event arrived behind a younger one, at most, ms: what no merge would have shown. */
  readonly disorderMs: number;
}

/** An event that is held. */
interface Held<T> {
  readonly event: T;
  /** Its stamp, ns on the merge's clock. */
  readonly time: number;
  /** Its place among all arrivals: equal stamps keep it. */
  readonly place: number;
  /** When it arrived, ns on the merge's clock. */
  readonly arrived: number;
}

const nsPerMs = 1e6;

/**
 * A heap of events by their stamps. The watermark is the time before which
 * every buffer has been emptied, less the window; what is stamped before it
 * goes out, for nothing older is to come.
 */
export class Merge<T> {
  readonly #heap: Held<T>[] = [];
  readonly #windowNs: number;
  #arrivals = 0;
  #youngest = -Infinity;
  #released = -Infinity;
  #late = 0;
  #disorderNs = 0;
  #heldNs = 0;

  /** `windowMs`: how long an event may take from its stamp until it can be read. */
  constructor(windowMs: number) {
    this.#windowNs = windowMs * nsPerMs;
  }

  /** The account. */
  get stats(): OrderStats {
    return {
      windowMs: this.#windowNs / nsPerMs,
      held: this.#heap.length,
      heldMs: this.#heldNs / nsPerMs,
      late: this.#late,
      disorderMs: this.#disorderNs / nsPerMs,
    };
  }

  /** Holds an event stamped `time` that is here `now`, both ns. */
  hold(event: T, time: number, now: number): void {
    this.#disorderNs = Math.max(this.#disorderNs, this.#youngest - time);
    this.#youngest = Math.max(this.#youngest, time);
    this.#rise({ event, time, place: this.#arrivals++, arrived: now });
  }

  /**
   * The oldest event, if no older one is to come: every buffer was emptied at
   * `seenUntil` or later, ns.
   */
  release(seenUntil: number, now: number): Held<T> | undefined {
    const [oldest] = this.#heap;
    if (oldest === undefined || oldest.time >= seenUntil - this.#windowNs) {
      return undefined;
    }
    this.#sink();
    if (oldest.time < this.#released) this.#late++;
    this.#released = Math.max(this.#released, oldest.time);
    this.#heldNs = Math.max(this.#heldNs, now - oldest.arrived);
    return oldest;
  }

  /** When the oldest event may go out, ns; never, if none is held. */
  get due(): number {
    const [oldest] = this.#heap;
    return oldest === undefined ? Infinity : oldest.time + this.#windowNs;
  }

  /** Puts an event into the heap, from the bottom up. */
  #rise(held: Held<T>): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Held<T>;
      if (isBefore(parent, held)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = held;
  }

  /** Takes the oldest out: the last one sinks from the top. */
  #sink(): void {
    const heap = this.#heap;
    const last = heap.pop() as Held<T>;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (let below = 1; below < length; below = 2 * at + 1) {
      const right = below + 1;
      if (
        right < length &&
        isBefore(heap[right] as Held<T>, heap[below] as Held<T>)
      ) below = right;
      if (isBefore(last, heap[below] as Held<T>)) break;
      heap[at] = heap[below] as Held<T>;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore<T>(one: Held<T>, other: Held<T>): boolean {
  return one.time < other.time ||
    (one.time === other.time && one.place < other.place);
}
