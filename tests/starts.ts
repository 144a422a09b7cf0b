/**
 * Writes down what starts in a guest: it replaces a method of the SDK and a global of Deno, so it
 * has no place where anything else runs.
 *
 * @module
 */
import { BpfObject } from "../mod.ts";
import type { Ledger } from "./spent.ts";

/** Has every load of a BPF object and every start of a Worker of this realm written down. */
export function watchStarts(ledger: Ledger): void {
  const { load } = BpfObject.prototype;
  BpfObject.prototype.load = function (...args): ReturnType<typeof load> {
    return ledger.take("bpfLoadMs", () => load.apply(this, args));
  };
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      const began = performance.now();
      super(...args);
      const heard = (): void =>
        ledger.add("workersMs", performance.now() - began);
      this.addEventListener("message", heard, { once: true });
    }
  };
}
