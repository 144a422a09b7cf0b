/**
 * The capabilities of this thread (capabilities(7)): which of those it has it
 * makes use of. What is laid down here can be taken up again.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** Bits of linux/capability.h. */
export const capability = {
  NET_ADMIN: 12n,
  SYS_ADMIN: 21n,
  SYS_RESOURCE: 24n,
  PERFMON: 38n,
  BPF: 39n,
} as const;

/** A capability's name without its CAP_. */
export type Capability = keyof typeof capability;

/** _LINUX_CAPABILITY_VERSION_3; pid 0 is this thread. */
const header = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new Uint32Array([0x20080522, 0]).buffer);

/** The two halves of struct __user_cap_data_struct: effective, permitted, inheritable. */
function read(): Uint32Array<ArrayBuffer> {
  const data = new Uint32Array(6);
  if (libc().capget(header(), new Uint8Array(data.buffer)) < 0) {
    throw new BpfError("read this thread's capabilities", { errno: errno() });
  }
  return data;
}

/** The half and the bit of a capability. */
function place(name: Capability): { word: number; bit: number } {
  const bit = Number(capability[name]);
  return { word: bit < 32 ? 0 : 3, bit: 1 << (bit % 32) };
}

/** Whether this thread may make use of a capability: it is in the permitted set. */
export function permitted(name: Capability): boolean {
  const { word, bit } = place(name);
  return ((read()[word + 1] ?? 0) & bit) !== 0;
}

/** Whether this thread makes use of a capability: it is in the effective set. */
export function effective(name: Capability): boolean {
  const { word, bit } = place(name);
  return ((read()[word] ?? 0) & bit) !== 0;
}

/** This thread without some of its effective capabilities, until it is disposed. */
export class Without implements Disposable {
  readonly #before = read();

  /** Lays them down; the permitted set keeps them. Other threads are not touched. */
  constructor(...names: readonly Capability[]) {
    const data = this.#before.slice();
    for (const name of names) {
      const { word, bit } = place(name);
      data[word] = (data[word] ?? 0) & ~bit;
    }
    write(data);
  }

  /** Takes them up again. */
  [Symbol.dispose](): void {
    write(this.#before);
  }
}

function write(data: Uint32Array<ArrayBuffer>): void {
  if (libc().capset(header(), new Uint8Array(data.buffer)) < 0) {
    throw new BpfError("set this thread's capabilities", { errno: errno() });
  }
}
