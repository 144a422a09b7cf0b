/**
 * What a driver is to the command: rows that can be chosen, listed and run.
 *
 * @module
 */
import type { Arch } from "../kernels/arch.ts";
import type { Named } from "../kernels/kernel.ts";
import type { Options } from "./options.ts";
import type { Terms } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import type { Listed } from "./report/list.ts";
import type { Host, Row } from "./results.ts";

/** A way to make machines, and the rows that it has. */
export interface Driver<Choice extends Named> {
  /** Every row that there is. */
  all(): Promise<Choice[]>;
  /**
   * The rows that these patterns name; all that are meant where there are none.
   *
   * @throws {UsageError} for a pattern that names none.
   */
  select(patterns: readonly string[]): Promise<Choice[]>;
  /** The processors of the rows' machines. */
  arches(rows: readonly Choice[]): Arch[];
  /** The rows as `--list` shows them. */
  listed(rows: readonly Choice[]): Promise<Listed[]>;
  /**
   * Looks for what the driver needs on this machine.
   *
   * @throws {Missing} when it is not there.
   */
  check(host: Host, rows: readonly Choice[]): void;
  /** Runs the rows; whatever happens to a machine is its row's outcome. */
  run(
    rows: readonly Choice[],
    terms: Omit<Terms, "driver">,
    options: Options,
    watch: Watcher,
  ): Promise<Row[]>;
}
