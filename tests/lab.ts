/**
 * The lab that a claim is proved in: it knows where the BPF objects lie and
 * keeps the figures of one proof, within bounds.
 *
 * @module
 */
import type { Json, Lab } from "./claim.ts";

/** What the figures of one claim may take on the wire, in characters of JSON. */
export const evidenceLimit = 16 * 1024;

/** A lab whose figures can be taken out. */
export interface OpenLab extends Lab {
  /** All figures so far; what would exceed the limit is replaced by a word about its size. */
  readonly figures: Readonly<Record<string, Json>>;
}

/** Opens a lab over a folder of BPF objects, for one claim. */
export function openLab(objects: string): OpenLab {
  const figures: Record<string, Json> = {};
  return {
    object: (name) => `${objects}/${name}.bpf.o`,
    evidence: (more) => void Object.assign(figures, more),
    get figures() {
      return bounded(figures);
    },
  };
}

/** Keeps figures in order as long as they fit; names those that do not, so that none vanishes. */
function bounded(
  figures: Readonly<Record<string, Json>>,
): Record<string, Json> {
  const kept: Record<string, Json> = {};
  let room = evidenceLimit;
  for (const [name, value] of Object.entries(figures)) {
    const text = written(value);
    const size = name.length + text.length + 6;
    const fits = size <= room;
    kept[name] = fits
      ? JSON.parse(text)
      : `left out: ${text.length} characters`;
    room -= fits ? size : Math.min(room, name.length + 40);
  }
  return kept;
}

/** A figure as JSON. Counters of 64 bits are bigints, which JSON has no word for. */
function written(value: unknown): string {
  const plain = (_: string, part: unknown): unknown =>
    typeof part === "bigint" ? plainInteger(part) : part;
  return JSON.stringify(value, plain) ?? "null";
}

function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
