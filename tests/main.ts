/**
 * `deno task test:matrix`: boots every kernel, proves every claim in it and
 * prints the matrix. Start reading here.
 *
 * @module
 */
import { hostArch } from "../kernels/arch.ts";
import { openCache } from "../kernels/cache_folder.ts";
import { cacheFolder } from "../kernels/folders.ts";
import type { Named } from "../kernels/kernel.ts";
import { UsageError } from "../kernels/usage_error.ts";
import { boxDriver } from "./box_driver.ts";
import type { Claim } from "./claim.ts";
import { claims } from "./claims/mod.ts";
import { claimsErrand } from "./claims_errand.ts";
import type { Driver } from "./driver.ts";
import type { Errand } from "./errand.ts";
import { exitWith } from "./exit.ts";
import { collectFreight } from "./freight.ts";
import { githubReport, isGithub } from "./github.ts";
import { describeHost } from "./host.ts";
import { interruption } from "../kernels/interruption.ts";
import { kernelDriver } from "./kernel_driver.ts";
import { Live, processScreen } from "./live.ts";
import { help } from "./option_table.ts";
import { type Options, readOptions } from "./options.ts";
import { keepPaces, readPaces } from "./pace.ts";
import type { Terms } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import { Printer } from "./printer.ts";
import { ownErrand } from "./program_errand.ts";
import { compare, hasRegression } from "./report/compare.ts";
import { listReport } from "./report/list.ts";
import { readResults } from "./report/read.ts";
import { checkTargets, showAndWrite } from "./report/targets.ts";
import { programReport, terminalReport } from "./report/terminal.ts";
import { exitStatus, type Results, type Row } from "./results.ts";
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
  const { baseline } = options;
  const before = baseline && await readResults(baseline) || undefined;
  return options.driver === "vagrant"
    ? await act(boxDriver, options, before)
    : await act(kernelDriver, options, before);
}

/** Lists the driver's rows, or runs them. */
async function act<Choice extends Named>(
  driver: Driver<Choice>,
  options: Options,
  before: Results | undefined,
): Promise<number> {
  const { shard } = options;
  const asked = await driver.select(options.kernels);
  const rows = shard === undefined ? asked : shardOf(asked, shard, before);
  const chosen = selectClaims(options.claims, claims);
  if (!options.list) return await runAll(driver, options, rows, chosen, before);
  const isWhole = options.kernels.length === 0 && shard === undefined;
  const shown = isWhole ? await driver.all() : rows;
  writeOut(listReport(await driver.listed(shown), chosen, paper()));
  return 0;
}

/** Checks what can be checked before the run, runs, reports. */
async function runAll<Choice extends Named>(
  driver: Driver<Choice>,
  options: Options,
  rows: readonly Choice[],
  chosen: readonly Claim[],
  before: Results | undefined,
): Promise<number> {
  await checkTargets(options.reports);
  const freight = await collectFreight();
  // A part of the rows may be none at all: it takes no machine.
  const isNone = rows.length === 0;
  const arches = isNone ? [hostArch] : driver.arches(rows);
  const host = await describeHost(freight.libraries[0] ?? "", arches);
  if (!isNone) driver.check(host, rows);
  checkHost(options);
  await openCache();
  using interrupted = interruption();
  const errand = options.program === undefined
    ? claimsErrand(chosen, freight)
    : await ownErrand(options.program, freight, rows, interrupted.signal);
  const started = new Date().toISOString();
  const printer = new Printer();
  const terms = termsOf(options, errand, interrupted.signal);
  const results = await watched(
    rows,
    terms.cache,
    { started, host },
    async (watch) =>
      isNone ? [] : await driver.run(rows, terms, options, watch),
    printer,
  );
  await showAndWrite(
    () => show(results, options, before, printer),
    options.reports,
    results,
    before,
  );
  return interrupted.status ??
    printer.statusOf(statusOf(results, options, before));
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

function termsOf(
  options: Options,
  errand: Errand,
  signal: AbortSignal,
): Omit<Terms, "driver"> {
  const { accel, cpus, memoryMiB, jobs, timeoutMs, offline } = options;
  const much = { ...(jobs !== undefined && { jobs }) };
  return {
    errand,
    accel,
    cpus,
    memoryMiB,
    ...much,
    timeoutMs,
    offline,
    cache: cacheFolder(),
    signal,
  };
}

/** Runs with somebody who watches, and keeps how long it took. */
async function watched(
  rows: readonly Named[],
  cache: string,
  known: Pick<Results, "started" | "host">,
  run: (watch: Watcher) => Promise<Row[]>,
  { print }: Printer,
): Promise<Results> {
  const ids = rows.map(({ id }) => id);
  using live = new Live(ids, processScreen(print), await readPaces(cache));
  const kernels = await run(live.watch);
  await keepPaces(cache, kernels);
  return { ...known, finished: new Date().toISOString(), kernels };
}

function show(
  results: Results,
  options: Options,
  before: Results | undefined,
  { print }: Printer,
): void {
  const write = options.program === undefined ? terminalReport : programReport;
  const text = write(results, paper(), before);
  print(
    isGithub()
      ? githubReport(text, results.kernels, crypto.randomUUID())
      : text,
  );
}

/** The exit status. */
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

if (import.meta.main) await exitWith(main);
