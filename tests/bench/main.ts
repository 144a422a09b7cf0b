/**
 * `deno task bench`: the SDK beside a C program on libbpf, on this kernel, as
 * root.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { matchesGlob } from "../../kernels/select.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { probeRing, type Transport } from "../../mod.ts";
import { exitWith } from "../exit.ts";
import { findLibbpf, Missing } from "../freight.ts";
import { describeHost } from "../host.ts";
import { checkTarget, writeWhole } from "../report/file.ts";
import { writeOut } from "../streams.ts";
import { buildC } from "./build.ts";
import { measure } from "./measure.ts";
import {
  type BenchHost,
  head,
  jsonReport,
  type Row,
  rowOf,
  rowText,
} from "./report.ts";
import { idOf, type Subject, subjects } from "./rows.ts";

const help = `deno task bench [options]: the SDK beside C on libbpf, as root

  --row GLOB          only these rows: NAME/TRANSPORT/BYTES; repeatable
  --runs N            runs of each side in turn; 5 by default
  --report json=PATH  writes all figures
  --help
`;

/** What the command line asked for. */
interface Options {
  readonly rows: readonly string[];
  readonly runs: number;
  readonly reports: readonly string[];
  readonly help: boolean;
}

function readOptions(argv: readonly string[]): Options {
  const { row = [], runs = "5", report = [], help = false } = words(argv);
  if (!/^[1-9]\d{0,3}$/.test(runs)) {
    throw new UsageError(`Bad --runs "${runs}": it takes a number from 1`);
  }
  const reports = report.map((target) => {
    if (/^json=./.test(target)) return target.slice("json=".length);
    throw new UsageError(`Bad --report "${target}": it takes json=PATH`);
  });
  return { rows: row, runs: Number(runs), reports, help };
}

function words(
  argv: readonly string[],
): { row?: string[]; runs?: string; report?: string[]; help?: boolean } {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        row: { type: "string", multiple: true },
        runs: { type: "string" },
        report: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; see --help`);
  }
}

/** Subjects of which any name is asked for. */
function chosen(globs: readonly string[]): Subject[] {
  const transports: Transport[] = probeRing().has ? ["ring", "perf"] : ["perf"];
  const all = subjects(transports);
  if (globs.length === 0) return all;
  const some = all.filter((subject) =>
    subject.names.some((name) =>
      globs.some((glob) => matchesGlob(idOf(name, subject), glob))
    )
  );
  if (some.length > 0) return some;
  const ids = all.flatMap((one) => one.names.map((name) => idOf(name, one)));
  throw new UsageError(`No such row; there are ${ids.join(", ")}`);
}

async function hostOf(): Promise<BenchHost> {
  const { qemu: _, ...host } = await describeHost(await findLibbpf());
  const cpus = await Deno.readTextFile("/proc/cpuinfo");
  const cpu = /^model name\s*:\s*(.*)$/m.exec(cpus)?.[1] ?? Deno.build.arch;
  const kernel = await Deno.readTextFile("/proc/sys/kernel/osrelease");
  return { ...host, cpu, kernel: kernel.trim() };
}

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options.help) {
    writeOut(help);
    return 0;
  }
  if (Deno.uid() !== 0) {
    throw new Missing("Cannot measure: BPF needs root; use sudo");
  }
  for (const path of options.reports) await checkTarget(path);
  const some = chosen(options.rows);
  const programs = await buildC();
  const rows: Row[] = [];
  writeOut(head);
  for (const subject of some) {
    for (const measured of await measure(subject, programs, options.runs)) {
      rows.push(rowOf(subject, measured));
      writeOut(rowText(rows.at(-1) as Row));
    }
  }
  const host = await hostOf();
  for (const path of options.reports) {
    await writeWhole(path, jsonReport(host, rows));
  }
  return 0;
}

if (import.meta.main) await exitWith(main);
