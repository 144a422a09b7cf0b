/**
 * A user ring buffer, written by libbpf's `user_ring_buffer`: records go from
 * here to a BPF program.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { type Libbpf, libbpf } from "./libbpf.ts";
import type { BpfMap } from "./map.ts";
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

/** The writer of one user ring; closing it leaves the map and its positions as they are. */
export class UserRing implements Disposable {
  readonly #calls = functions();
  #ring: Deno.PointerValue = null;
  /** The map's name. */
  readonly name: string;

  /** Maps the ring of a loaded object. */
  constructor(map: BpfMap) {
    this.name = map.name;
    this.#ring = checkPointer(
      `open user ring buffer "${map.name}"`,
      this.#calls.new(map.fd, null),
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

  /** Sends a record; throws ENOSPC while the ring is full. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#calls.submit(this.#ring, this.#write(bytes));
  }

  /** Reserves room for a record, fills it, and gives it up. */
  giveUp(bytes: Uint8Array<ArrayBuffer>): void {
    this.#calls.discard(this.#ring, this.#write(bytes));
  }

  #write(bytes: Uint8Array<ArrayBuffer>): NonNullable<Deno.PointerValue> {
    const action =
      `reserve ${bytes.length} bytes of user ring buffer "${this.name}"`;
    if (this.#ring === null) throw new BpfError(action, { cause: "closed" });
    const room = checkPointer(
      action,
      this.#calls.reserve(this.#ring, bytes.length),
    );
    const memory = Deno.UnsafePointerView.getArrayBuffer(room, bytes.length);
    new Uint8Array(memory).set(bytes);
    return room;
  }
}
