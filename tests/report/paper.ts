/**
 * What a report is written on.
 *
 * @module
 */
import type { createColors } from "npm:picocolors@^1.1.1";

/** What a text is written for. */
export interface Paper {
  /** Characters in a line. */
  readonly width: number;
  readonly colour: boolean;
}

/** What paints words; the identity where there is no colour. */
export type Paint = ReturnType<typeof createColors>;
