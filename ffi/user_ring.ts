/**
 * A user ring buffer, written by libbpf's `user_ring_buffer`: records go from
 * here to a BPF program.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { type Libbpf, libbpf } from "./libbpf.ts";
import type { MapEntries } from "./map_entries.ts";
import { checkPointer } from "./result.ts";

type Call = "new" | "reserve" | "submit" | "discard" | "free";
type Calls = {
  readonly [C in Call]: NonNullable<Libbpf[`user_ring_buffer__${C}`]>;
};

/** The functions of libbpf 1.1, or an error that says what is missing. */
function functions(): Calls {
  const {
    user_ring_buffer__new: open,
    user_ring_buffer__reserve: reserve,
    user_ring_buffer__submit: submit,
    user_ring_buffer__discard: discard,
    user_ring_buffer__free: free,
  } = libbpf();
  if (open && reserve && submit && discard && free) {
    return { new: open, reserve, submit, discard, free };
  }
  throw new BpfError("use a user ring buffer", {
    cause: "this libbpf has no user_ring_buffer__new",
    remedy: "install libbpf 1.1 or newer",
  });
}

/**
 * Sends records to BPF programs: the writer of a map of type
 * BPF_MAP_TYPE_USER_RINGBUF (583c1f420173 ("bpf: Define new
 * BPF_MAP_TYPE_USER_RINGBUF map type"), Linux 6.1; libbpf 1.1), which a program
 * drains by bpf_user_ringbuf_drain(). Records come out in the order in which they
 * were sent. There is one writer of a ring; closing it leaves the map and what it
 * holds as they are. It needs what loading the map needed.
 *
 * ```ts
 * import { BpfObject, UserRing } from "./mod.ts";
 *
 * function order(object: BpfObject, bytes: Uint8Array<ArrayBuffer>): void {
 *   using ring = new UserRing(object.map("ring"));
 *   ring.send(bytes);
 *   object.program("drain").testRun();
 * }
 * ```
 */
export class UserRing implements Disposable {
  readonly #calls = functions();
  #ring: Deno.PointerValue = null;
  /** The map's name. */
  readonly name: string;

  /**
   * Maps the ring of a loaded object, or of a pin.
   *
   * @throws {BpfError} where libbpf is older, and EINVAL of a map of another type.
   */
  constructor(map: MapEntries) {
    this.name = map.name;
    this.#ring = checkPointer(
      `open user ring buffer "${map.name}"`,
      this.#calls.new(map.fd, null),
      { EINVAL: "declare the map as BPF_MAP_TYPE_USER_RINGBUF" },
    );
  }

  /** Unmaps the ring; a second call does nothing. */
  close(): void {
    if (this.#ring !== null) this.#calls.free(this.#ring);
    this.#ring = null;
  }

  /** Closes the ring. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Sends a copy of `bytes` as one record.
   *
   * @throws {BpfError} ENOSPC while the ring is full: let the program drain it;
   * E2BIG of a record that is larger than the ring.
   */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#calls.submit(this.#ring, this.#write(bytes));
  }

  /**
   * Reserves room for a record, fills it, and gives it up: no program sees it.
   *
   * @internal
   */
  giveUp(bytes: Uint8Array<ArrayBuffer>): void {
    this.#calls.discard(this.#ring, this.#write(bytes));
  }

  #write(bytes: Uint8Array<ArrayBuffer>): NonNullable<Deno.PointerValue> {
    const action =
      `reserve ${bytes.length} bytes of user ring buffer "${this.name}"`;
    if (this.#ring === null) {
      throw new BpfError(action, { cause: "it is closed" });
    }
    const room = checkPointer(
      action,
      this.#calls.reserve(this.#ring, bytes.length),
      {
        ENOSPC: "let the program drain the ring",
        E2BIG: "enlarge the map, or send less at once",
      },
    );
    const memory = Deno.UnsafePointerView.getArrayBuffer(room, bytes.length);
    new Uint8Array(memory).set(bytes);
    return room;
  }
}
