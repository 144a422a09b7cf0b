/**
 * The command line of the mutants: that of the claims on the running kernel,
 * with `--list` and without reports.
 *
 * @module
 */

import { UsageError } from "../../kernels/usage_error.ts";
import { readLocalOptions } from "../options.ts";

/** What the command line asked for. */
export interface MutantOptions {
  /** Globs of claims; empty: all. */
  readonly claims: readonly string[];
  readonly list: boolean;
  readonly help: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readMutantOptions(argv: readonly string[]): MutantOptions {
  const others = argv.filter((word) => word !== "--list");
  const { claims, reports, help } = readLocalOptions(others);
  if (reports.length > 0) {
    throw new UsageError('Unknown option "--report"; see --help');
  }
  return { claims, help, list: others.length < argv.length };
}

/** The help text. */
export function mutantHelp(): string {
  return [
    "Usage: deno task test:mutants [options]",
    "Breaks programs, SDK and expectations one by one, in a copy of this tree, and proves on",
    "the running kernel, as root, that the claim concerned fails each time.",
    "",
    "  --claim GLOB   only the mutants of these claims; may be given again",
    "  --list         show the mutants, and try none",
    "  --help         show this",
    "",
    "Exit status: 0 all killed; 1 one survived or does not apply, or a claim has none;",
    "64 bad usage; 69 it takes root.",
    "",
  ].join("\n");
}
