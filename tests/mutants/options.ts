/**
 * The command line of the mutants: which of them, and on which kernel.
 *
 * @module
 */

import { globHelp, isGlob } from "../../kernels/select.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { readKernelOptions } from "../options.ts";

/** What the command line asked for. */
export interface MutantOptions {
  /** Globs of claims; empty: all. */
  readonly claims: readonly string[];
  /** A row of the matrix, or one's own kernel, instead of the running one. */
  readonly kernel?: string;
  readonly list: boolean;
  readonly help: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readMutantOptions(argv: readonly string[]): MutantOptions {
  const { kernels, claims, list, help } = readKernelOptions(argv);
  const [kernel, another] = kernels;
  if (another !== undefined || (kernel !== undefined && isGlob(kernel))) {
    throw new UsageError(
      `Cannot try mutants in "${another ?? kernel}": one kernel at a time`,
    );
  }
  return { claims, list, help, ...kernel !== undefined && { kernel } };
}

/** The help text. */
export function mutantHelp(): string {
  return [
    "Usage: deno task test:mutants [options]",
    "Breaks programs, SDK and expectations one by one, in a copy of this tree, and proves that",
    "the claim concerned fails each time: on the running kernel, as root, or in machines.",
    "",
    "  --claim GLOB   only the mutants of these claims; may be given again",
    "  --kernel ID    with this row of the matrix, in a machine for each mutant",
    "  --list         show the mutants, and try none",
    "  --help         show this",
    "",
    globHelp,
    "Exit status: 0 all killed; 1 one survived or does not apply, or a claim has none;",
    "64 bad usage; 69 it takes root.",
    "",
  ].join("\n");
}
