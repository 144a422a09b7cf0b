/**
 * `deno task test:local`: proves the claims on the running kernel, as root, and
 * prints them as a matrix of one column.
 *
 * @module
 */
import { interruption } from "../kernels/interruption.ts";
import { UsageError } from "../kernels/usage_error.ts";
import type { Claim } from "./claim.ts";
import { claims } from "./claims/mod.ts";
import { exitWith } from "./exit.ts";
import { findLibbpf, hostObjects, Missing, objectFiles } from "./freight.ts";
import { describeHost } from "./host.ts";
import { Live, processScreen } from "./live.ts";
import { requireMounts } from "./mounts.ts";
import { localHelp } from "./option_table.ts";
import { readLocalOptions } from "./options.ts";
import { Printer } from "./printer.ts";
import { here, proveHere } from "./prove_here.ts";
import { leftOutReport } from "./report/left_out.ts";
import { checkTargets, showAndWrite } from "./report/targets.ts";
import { terminalReport } from "./report/terminal.ts";
import { exitStatus, type Results, type Row } from "./results.ts";
import { selectClaims } from "./select.ts";
import { paper, writeOut } from "./streams.ts";

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readLocalOptions(argv);
  if (options.help) {
    writeOut(localHelp());
    return 0;
  }
  const asked = selectClaims(options.claims, claims);
  const chosen = asked.filter(({ where }) => where !== "guest");
  const [first] = asked;
  if (chosen.length === 0 && first !== undefined) {
    throw new UsageError(
      `Cannot prove ${first.id} on a running machine: ${first.because}; use test:matrix`,
    );
  }
  if (Deno.uid() !== 0) {
    throw new Missing(
      "Cannot prove claims on this kernel: BPF needs root; use sudo, or test:matrix",
    );
  }
  if (navigator.hardwareConcurrency < 2) {
    throw new Missing(
      "Cannot prove claims on one CPU: they compare two (see taskset -p)",
    );
  }
  requireMounts(chosen);
  await checkTargets(options.reports);
  objectFiles(hostObjects);
  const started = new Date().toISOString();
  const host = await describeHost(await findLibbpf());
  using interrupted = interruption();
  const kernels = [await watched(chosen, interrupted.signal)];
  const finished = new Date().toISOString();
  const results: Results = { started, finished, host, kernels };
  const { print, statusOf } = new Printer();
  const show = (): void => {
    print(terminalReport(results, paper()));
    if (asked.length > chosen.length) print(`\n${leftOutReport(asked)}`);
  };
  await showAndWrite(show, options.reports, results);
  return interrupted.status ?? statusOf(exitStatus(kernels));
}

/** Proves the claims with somebody who watches. */
async function watched(
  chosen: readonly Claim[],
  signal: AbortSignal,
): Promise<Row> {
  using live = new Live([here], processScreen(writeOut));
  return await proveHere(chosen, live.watch, signal);
}

if (import.meta.main) await exitWith(main);
