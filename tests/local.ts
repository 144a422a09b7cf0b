/**
 * `deno task test:local`: proves the claims on the running kernel, as root, and
 * prints them as a matrix of one column.
 *
 * @module
 */
import { UsageError } from "../kernels/usage_error.ts";
import { type Claim, statementOf } from "./claim.ts";
import { claims } from "./claims/mod.ts";
import { exitWith } from "./exit.ts";
import { askKernel, transportOf } from "./features.ts";
import { findLibbpf, hostObjects, Missing, objectFiles } from "./freight.ts";
import { hello } from "./hello.ts";
import { describeHost } from "./host.ts";
import { Live, processScreen } from "./live.ts";
import { localHelp } from "./option_table.ts";
import { readLocalOptions } from "./options.ts";
import { claimTimeoutMs, proveAll } from "./prove.ts";
import { leftOutReport } from "./report/left_out.ts";
import { checkTargets, writeReports } from "./report/targets.ts";
import { terminalReport } from "./report/terminal.ts";
import { type Cell, exitStatus, type Results, type Row } from "./results.ts";
import { selectClaims } from "./select.ts";
import { paper, writeOut } from "./streams.ts";
import type { End } from "./wire.ts";

/** Id of the only row. */
const here = "this-kernel";

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
  await checkTargets(options.reports);
  objectFiles(hostObjects);
  const started = new Date().toISOString();
  const host = await describeHost(await findLibbpf());
  const kernels = [await proveHere(chosen)];
  const results: Results = {
    started,
    finished: new Date().toISOString(),
    host,
    kernels,
  };
  writeOut(terminalReport(results, paper()));
  if (asked.length > chosen.length) writeOut(`\n${leftOutReport(asked)}`);
  await writeReports(options.reports, results);
  return exitStatus(kernels);
}

/** The row of the running kernel. */
async function proveHere(chosen: readonly Claim[]): Promise<Row> {
  const began = performance.now();
  const features = askKernel();
  const { transport, reason } = transportOf(features);
  const bench = { objects: hostObjects, features, timeoutMs: claimTimeoutMs };
  const cells: Cell[] = [];
  using live = new Live([here], processScreen());
  for await (const message of proveAll(chosen, bench)) {
    if (message.type === "start") {
      const nth = cells.length + 1;
      const step = {
        is: "claim",
        id: message.id,
        nth,
        of: chosen.length,
      } as const;
      live.watch({ is: "step", row: here, step });
    } else cells.push(...cellOf(message, chosen));
  }
  const runMs = Math.round(performance.now() - began);
  const { release, arch, cpus } = hello();
  return {
    ...{ id: here, label: "This kernel", simulated: null },
    ...{
      driver: "none",
      accel: null,
      release,
      arch,
      cpus,
      state: "ran",
      transport,
      reason,
    },
    timings: { provisionMs: 0, bootMs: 0, runMs },
    claims: cells,
  };
}

function cellOf(end: End, chosen: readonly Claim[]): Cell[] {
  const { verdict, ms, why, evidence } = end;
  const reason = why === undefined ? {} : { why };
  return chosen.filter(({ id }) => id === end.id)
    .map((claim) => ({
      ...statementOf(claim),
      ...{ verdict, ms, ...reason, evidence },
    }));
}

if (import.meta.main) await exitWith(main);
