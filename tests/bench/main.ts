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
import { heed, interruption } from "../../kernels/interruption.ts";
import { Printer } from "../printer.ts";
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
  /** Why there are no more of them. */
  readonly cut?: unknown;
}

/** What was measured is told as it comes. */
type Tell = (text: string) => void;

async function benchHere(
  { rows: globs, runs }: Options,
  tell: Tell,
  signal: AbortSignal,
): Promise<Bench> {
  if (Deno.uid() !== 0) {
    throw new Missing("Cannot measure: BPF needs root; use sudo, or --kernel");
  }
  const some = chosen(globs);
  const { qemu: _, ...host } = await describeHost(await findLibbpf());
  const rows: Row[] = [];
  const measure = async (): Promise<void> => {
    const ground = await hostGround(signal);
    tell(head);
    for await (const row of rowsOf(some, ground, runs)) {
      rows.push(row);
      tell(rowText(row));
    }
  };
  const cut = await measure().catch(async (error) => {
    await heed(signal);
    return signal.aborted ? signal.reason : error;
  });
  return { host: { ...host, ...await machineHere() }, rows, cut };
}

async function benchThere(
  options: Options & { readonly kernel: string },
  tell: Tell,
  signal: AbortSignal,
): Promise<Bench> {
  tell(head);
  const benched = await benchIn(options, (row) => tell(rowText(row)), signal);
  const { machine, rows, outcome: { id, accel, state, exit } } = benched;
  const isWhole = state === "ran" && exit === 0;
  const cut = isWhole ? undefined : new Error(trouble(benched));
  if (!machine || !accel) throw cut ?? new Error(trouble(benched));
  if (accel === "tcg") {
    tell(
      "Emulated: instructions count here and memory does not; only the ratios tell anything\n",
    );
  }
  const { qemu, ...host } = await describeHost(await findLibbpf());
  return {
    host: { ...host, ...machine, guest: { row: id, qemu, accel } },
    ...{ rows, cut },
  };
}

/** Why there are no figures, or no more of them, with the last words of the guest. */
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
  using interrupted = interruption();
  const { signal } = interrupted;
  const printer = new Printer();
  const bench = kernel === undefined
    ? benchHere(options, printer.print, signal)
    : benchThere({ ...options, kernel }, printer.print, signal);
  const status = await statusOf(() => reported(options, bench), argv);
  return interrupted.status ?? printer.statusOf(status);
}

/** Writes the reports of a bench, also of a part of one. */
async function reported(
  { reports }: Options,
  bench: Promise<Bench>,
): Promise<number> {
  const { host, rows, cut } = await bench;
  if (cut !== undefined && rows.length === 0) throw cut;
  for (const path of reports) await writeWhole(path, jsonReport(host, rows));
  if (cut !== undefined) throw cut;
  return 0;
}

if (import.meta.main) await exitWith(main);
