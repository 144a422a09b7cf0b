/**
 * `deno task bench`: the SDK beside a C program on libbpf, on this kernel as
 * root, or in a guest of another one.
 *
 * @module
 */
import { statusOf } from "../../kernels/exit.ts";
import { exitWith } from "../exit.ts";
import { findLibbpf, Missing } from "../freight.ts";
import { describeHost } from "../host.ts";
import { interruption } from "../interruption.ts";
import { checkTarget, writeWhole } from "../report/file.ts";
import { writeOut } from "../streams.ts";
import { hostGround } from "./ground.ts";
import { chosen, machineHere, rowsOf } from "./here.ts";
import { type Benched, benchIn } from "./machine.ts";
import { help, type Options, readOptions } from "./options.ts";
import {
  type BenchHost,
  head,
  jsonReport,
  type Row,
  rowText,
} from "./report.ts";

/** What was measured, and where. */
interface Bench {
  readonly host: BenchHost;
  readonly rows: readonly Row[];
}

async function benchHere({ rows: globs, runs }: Options): Promise<Bench> {
  if (Deno.uid() !== 0) {
    throw new Missing("Cannot measure: BPF needs root; use sudo, or --kernel");
  }
  const some = chosen(globs);
  const ground = await hostGround();
  const rows: Row[] = [];
  writeOut(head);
  for await (const row of rowsOf(some, ground, runs)) {
    rows.push(row);
    writeOut(rowText(row));
  }
  const { qemu: _, ...host } = await describeHost(await findLibbpf());
  return { host: { ...host, ...await machineHere() }, rows };
}

async function benchThere(
  options: Options & { readonly kernel: string },
  signal: AbortSignal,
): Promise<Bench> {
  writeOut(head);
  const tell = (row: Row): void => writeOut(rowText(row));
  const benched = await benchIn(options, tell, signal);
  const { machine, rows, outcome: { id, accel, state, exit } } = benched;
  if (state !== "ran" || exit !== 0 || !machine || !accel) {
    throw new Error(trouble(benched));
  }
  if (accel === "tcg") {
    writeOut(
      "Emulated: instructions count here and memory does not; only the ratios tell anything\n",
    );
  }
  const { qemu, ...host } = await describeHost(await findLibbpf());
  return {
    host: { ...host, ...machine, guest: { row: id, qemu, accel } },
    rows,
  };
}

/** Why there are no figures, with the last words of the guest. */
function trouble(
  { outcome: { id, state, why, exit, console } }: Benched,
): string {
  const how = why ?? (state === "ran" ? `it ended with status ${exit}` : state);
  const last = console?.trimEnd().split("\n").slice(-15).join("\n") ?? "";
  return `Cannot measure on ${id}: ${how}\n${last}`;
}

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  const { kernel } = options;
  if (options.help) {
    writeOut(help);
    return 0;
  }
  for (const path of options.reports) await checkTarget(path);
  if (kernel === undefined) return await reported(options, benchHere(options));
  using interrupted = interruption();
  const { signal } = interrupted;
  const bench = benchThere({ ...options, kernel }, signal);
  const status = await statusOf(() => reported(options, bench), argv);
  return interrupted.status ?? status;
}

/** Writes the reports of a bench. */
async function reported(
  { reports }: Options,
  bench: Promise<Bench>,
): Promise<number> {
  const { host, rows } = await bench;
  for (const path of reports) await writeWhole(path, jsonReport(host, rows));
  return 0;
}

if (import.meta.main) await exitWith(main);
