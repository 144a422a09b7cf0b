/**
 * Notices CPUs that come and go.
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Port } from "./port.ts";
import type { Ports } from "./ports.ts";

/** How often somebody looks, ms. */
const lookMs = 250;

/**
 * Opens the buffers of CPUs that come online, and those anew whose CPU was away:
 * its perf event stays dead (kernel/events/core.c, perf_event_exit_cpu), which
 * shows in events that were sent to nobody although there is a buffer.
 */
export class Hotplug {
  readonly #ports: Ports;
  readonly #accounts: readonly Account[];
  readonly #noSlot = new Map<Port, bigint>();
  #last = performance.now();

  /** `accounts` are those of the streams, in the order that ports number them in. */
  constructor(ports: Ports, accounts: readonly Account[]) {
    this.#ports = ports;
    this.#accounts = accounts;
    this.#remember();
  }

  /** To be called often, not within a turn; it looks now and then. */
  look(): void {
    const now = performance.now();
    if (now - this.#last < lookMs) return;
    this.#last = now;
    const dead = (port: Port): boolean =>
      this.#noSlotOf(port) !== this.#noSlot.get(port) &&
      port.state.available === 0;
    this.#ports.follow(dead);
    this.#remember();
  }

  /** Events sent to nobody before a buffer was opened tell nothing of it. */
  #remember(): void {
    const { all } = this.#ports;
    for (const port of this.#noSlot.keys()) {
      if (!all.includes(port)) this.#noSlot.delete(port);
    }
    for (const port of all) {
      if (!this.#noSlot.has(port)) this.#noSlot.set(port, this.#noSlotOf(port));
    }
  }

  #noSlotOf({ cpu, stream }: Port): bigint {
    return cpu === undefined ? 0n : this.#accounts[stream]?.noSlotOf(cpu) ?? 0n;
  }
}
