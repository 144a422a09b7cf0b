/**
 * What is said of a value that a caller gave and that cannot be taken.
 *
 * @module
 */

import { BpfError } from "./error.ts";

/** `Cannot take 5 for the option signal: it takes an AbortSignal`. */
export function wrongValue(
  value: unknown,
  what: string,
  takes: string,
): BpfError {
  const told = Deno.inspect(value, {
    ...{ breakLength: Infinity, compact: true, depth: 0 },
    ...{ iterableLimit: 8, strAbbreviateSize: 100 },
  });
  return new BpfError(`take ${told} for ${what}`, {
    cause: `it takes ${takes}`,
  });
}
