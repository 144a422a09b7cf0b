/**
 * `deno task test:mutants`: a claim that cannot fail is a defect. Tries every
 * mutant on the running kernel, as root, or on another one in machines, and
 * lists those that no claim noticed.
 *
 * @module
 */

import { claims } from "../claims/mod.ts";
import { exitWith } from "../exit.ts";
import { Missing } from "../freight.ts";
import { interruption } from "../../kernels/interruption.ts";
import { kernelDriver } from "../kernel_driver.ts";
import { selectClaims } from "../select.ts";
import { writeOut } from "../streams.ts";
import { mutants } from "./mod.ts";
import { orphans } from "./orphans.ts";
import { mutantHelp, readMutantOptions } from "./options.ts";
import type { Mutant, Outcome } from "./mutant.ts";
import { listLine, outcomeLine, statusOf, summary } from "./report.ts";
import { tryAll } from "./run.ts";

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readMutantOptions(argv);
  if (options.help) {
    writeOut(mutantHelp());
    return 0;
  }
  const { kernel } = options;
  const harmless = claims.filter(({ where }) =>
    kernel !== undefined || where !== "guest"
  );
  const chosen = selectClaims(options.claims, harmless).map(({ id }) => id);
  const concerned = mutants.filter(({ claim }) => chosen.includes(claim));
  if (options.list) {
    writeOut(concerned.map(listLine).join(""));
    return 0;
  }
  if (kernel === undefined && Deno.uid() !== 0) {
    throw new Missing("Cannot try mutants: BPF needs root; use sudo");
  }
  if (kernel !== undefined) await kernelDriver.select([kernel]);
  return await tryThem(chosen, concerned, kernel);
}

async function tryThem(
  chosen: readonly string[],
  concerned: readonly Mutant[],
  kernel: string | undefined,
): Promise<number> {
  using interrupted = interruption();
  const { signal } = interrupted;
  const began = performance.now();
  const outcomes: Outcome[] = [];
  const watch = (mutant: Mutant, outcome: Outcome): void => {
    outcomes.push(outcome);
    writeOut(outcomeLine(mutant, outcome));
  };
  const place = { signal, ...kernel !== undefined && { kernel } };
  const before = await tryAll(chosen, concerned, { watch, ...place });
  const seconds = Math.round((performance.now() - began) / 1000);
  const findings = {
    outcomes,
    orphans: orphans(chosen, concerned, before),
    seconds,
  };
  writeOut(summary(findings));
  return interrupted.status ?? statusOf(findings);
}

if (import.meta.main) await exitWith(main);
