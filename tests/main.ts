/**
 * `deno task test:matrix`: boots every kernel, proves every claim in it and
 * prints the matrix. Start reading here.
 *
 * @module
 */
import { cacheFolder } from "../kernels/folders.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { kernels } from "../kernels/list.ts";
import { readLock } from "../kernels/lock.ts";
import { ownKernels } from "../kernels/own.ts";
import { cached } from "../kernels/provision.ts";
import { selectKernels } from "../kernels/select.ts";
import { UsageError } from "../kernels/usage_error.ts";
import type { Claim } from "./claim.ts";
import { claims } from "./claims/mod.ts";
import { claimsErrand } from "./claims_errand.ts";
import type { Errand } from "./errand.ts";
import { exitWith } from "./exit.ts";
import { collectFreight, type Freight, Missing } from "./freight.ts";
import { githubReport, isGithub } from "./github.ts";
import { describeHost, noQemu } from "./host.ts";
import { interruption } from "./interruption.ts";
import { Live, processScreen } from "./live.ts";
import { runMatrix } from "./matrix.ts";
import { help } from "./option_table.ts";
import { type Options, type OwnProgram, readOptions } from "./options.ts";
import { keepPaces, readPaces } from "./pace.ts";
import type { Plan } from "./plan.ts";
import { programErrand } from "./program_errand.ts";
import { compare, hasRegression } from "./report/compare.ts";
import { listReport } from "./report/list.ts";
import { readResults } from "./report/read.ts";
import { checkTargets, writeReports } from "./report/targets.ts";
import { programReport, terminalReport } from "./report/terminal.ts";
import { exitStatus, type Results } from "./results.ts";
import { selectClaims } from "./select.ts";
import { shardOf } from "./shard.ts";
import { paper, writeOut } from "./streams.ts";

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options.help) {
    writeOut(help());
    return 0;
  }
  const { baseline, shard } = options;
  const before = baseline && await readResults(baseline) || undefined;
  const all = [...kernels, ...await ownKernels()];
  const asked = selectKernels(options.kernels, all);
  const rows = shard === undefined ? asked : shardOf(asked, shard, before);
  const chosen = selectClaims(options.claims, claims);
  if (!options.list) return await runAll(options, rows, chosen, before);
  await list(rows, chosen);
  return 0;
}

async function list(
  rows: readonly Kernel[],
  chosen: readonly Claim[],
): Promise<void> {
  const cache = cacheFolder();
  const listed = await Promise.all(rows.map(async (kernel) => ({
    id: kernel.id,
    label: kernel.label,
    release: (await cached(kernel, cache))?.release,
    simulated: kernel.simulated ?? null,
  })));
  writeOut(listReport(listed, chosen, paper()));
}

/** Checks what can be checked before the run, runs, reports. */
async function runAll(
  options: Options,
  rows: readonly Kernel[],
  chosen: readonly Claim[],
  before: Results | undefined,
): Promise<number> {
  await checkTargets(options.reports);
  const freight = await collectFreight();
  const host = await describeHost(freight.libraries[0] ?? "");
  if (host.qemu === noQemu) {
    throw new Missing(
      "There is no QEMU on this machine: install it (apt-get install qemu-system-x86)",
    );
  }
  checkHost(options);
  await openCache();
  using interrupted = interruption();
  const errand = options.program === undefined
    ? claimsErrand(chosen, freight)
    : await ownErrand(options.program, freight);
  const started = new Date().toISOString();
  const lock = await readLock();
  const plan = { ...planOf(options, rows, errand, interrupted.signal), lock };
  const results = await run(plan, { started, host });
  await report(results, options, before);
  return interrupted.status ?? statusOf(results, options, before);
}

/** More than this machine has is said before anything is downloaded. */
function checkHost({ cpus, memoryMiB }: Options): void {
  const cores = navigator.hardwareConcurrency;
  if (cpus > cores) {
    throw new UsageError(
      `Bad --cpus "${cpus}": this machine has ${cores}, and more of them starve each other's timers`,
    );
  }
  const hostMiB = Math.floor(Deno.systemMemoryInfo().total / (1 << 20));
  if (memoryMiB > hostMiB) {
    throw new UsageError(
      `Bad --memory "${memoryMiB}": this machine has ${hostMiB} MiB in all`,
    );
  }
}

/** A cache that cannot be written to is said before anything is downloaded. */
async function openCache(): Promise<void> {
  const folder = cacheFolder();
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    const cause = error instanceof Error ? error.name : String(error);
    throw new Missing(
      `Cannot write to the cache ${folder}: ${cause}; name another in XDG_CACHE_HOME`,
    );
  }
}

function planOf(
  options: Options,
  kernels: readonly Kernel[],
  errand: Errand,
  signal: AbortSignal,
): Plan {
  const { accel, cpus, memoryMiB, jobs, timeoutMs, mirrors, offline } = options;
  const cold = options.cold || Deno.env.get("CI") === "true";
  const cache = cacheFolder();
  const much = { ...(jobs !== undefined && { jobs }) };
  return {
    driver: "qemu",
    cold,
    kernels,
    errand,
    accel,
    cpus,
    memoryMiB,
    ...much,
    timeoutMs,
    mirrors,
    offline,
    cache,
    signal,
  };
}

async function run(
  plan: Plan,
  known: Pick<Results, "started" | "host">,
): Promise<Results> {
  const rows = plan.kernels.map(({ id }) => id);
  using live = new Live(rows, processScreen(), await readPaces(plan.cache));
  const kernels = await runMatrix(plan, live.watch);
  await keepPaces(plan.cache, kernels);
  return { ...known, finished: new Date().toISOString(), kernels };
}

async function report(
  results: Results,
  options: Options,
  before: Results | undefined,
): Promise<void> {
  const write = options.program === undefined ? terminalReport : programReport;
  const text = write(results, paper(), before);
  writeOut(
    isGithub()
      ? githubReport(text, results.kernels, crypto.randomUUID())
      : text,
  );
  await writeReports(options.reports, results, before);
}

/** The exit status; a part of the rows may be none at all. */
function statusOf(
  results: Results,
  { strict, shard }: Options,
  before: Results | undefined,
): number {
  if (shard !== undefined && results.kernels.length === 0) return 0;
  return exitStatus(results.kernels, {
    strict,
    ...(before !== undefined && {
      regressed: hasRegression(compare(before, results)),
    }),
  });
}

async function ownErrand(
  program: OwnProgram,
  freight: Freight,
): Promise<Errand> {
  const path = await Deno.realPath(program.path).catch(() => {
    throw new UsageError(
      `Cannot run "${program.path}" in the kernels: there is no such file`,
    );
  });
  return programErrand(path, program.args, freight);
}

if (import.meta.main) await exitWith(main);
