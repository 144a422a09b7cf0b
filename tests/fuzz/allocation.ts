/**
 * Notices a parser that asks for memory because an input says so.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** No parser needs more at once: bytes. The rpm of a kernel has a header of 0.5 MB. */
const most = 1 << 25;

/** More was asked for at once than any input calls for. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

let asked = 0;

function note(size: unknown): void {
  if (typeof size === "number" && size > asked) asked = size;
}

/** From now on every array of bytes is looked at, in this thread. */
export function watchAllocation(): void {
  const construct = <T extends object>(
    target: new (...given: unknown[]) => T,
    given: unknown[],
    as: new (...given: unknown[]) => T,
  ): T => {
    note(given[0]);
    return Reflect.construct(target, given, as);
  };
  for (const name of ["ArrayBuffer", "Uint8Array"] as const) {
    const value = new Proxy(
      globalThis[name],
      { construct } as ProxyHandler<object>,
    );
    Object.defineProperty(globalThis, name, { value });
  }
  for (const name of ["alloc", "allocUnsafe"] as const) {
    const call = Buffer[name];
    Object.defineProperty(Buffer, name, {
      value: (size: number, ...rest: never[]) => {
        note(size);
        return call(size, ...rest);
      },
    });
  }
}

/** Throws where too much was asked for since the last call. */
export function requireModest(): void {
  const size = asked;
  asked = 0;
  if (size > most) throw new TooMuch(`${size} bytes were asked for at once`);
}
