/**
 * `deno task fuzz`: gives parsers inputs that nobody would write, made of the
 * seeds beside this file. It exits with 1 where one did not refuse what it cannot
 * read as it should, took longer than it may, or asked for too much memory; the
 * input is in build/fuzz then. Put it into the folder of seeds once it is mended:
 * seeds are tried first.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { interruption } from "../../kernels/interruption.ts";
import { openTemporary } from "../../kernels/temporary.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { Printer } from "../printer.ts";
import { writeOut } from "../streams.ts";
import { longest } from "./mutate.ts";
import { seedsOf } from "./seeds.ts";
import type { Target } from "./target.ts";
import { targets } from "./targets/mod.ts";
import { type Failure, type Order, place, type Report } from "./worker.ts";

const usage = `Usage: deno task fuzz [options]
Gives parsers inputs that nobody would write.

  --seconds N     for each target (10)
  --target NAME   only this one; may be given again
  --seed N        other inputs than those of seed 1
  --hang N        seconds that one input may take (10)
  --help          show this

Targets: ${targets.map(({ name }) => name).join(", ")}
Exit status: 0 all inputs were taken or refused; 1 one was not; 64 bad usage.
`;

/** What the command line asked for. */
interface Wish {
  readonly seconds: number;
  readonly seed: number;
  readonly hang: number;
  readonly chosen: readonly Target[];
}

function number(name: string, value: string, least: number): number {
  if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
  throw new UsageError(
    `Bad --${name} "${value}": it takes a whole number from ${least} on`,
  );
}

function readWish(argv: readonly string[]): Wish | "help" {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        seconds: { type: "string", default: "10" },
        seed: { type: "string", default: "1" },
        hang: { type: "string", default: "10" },
        target: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : `${error}`);
  }
  if (values.help) return "help";
  const names = values.target;
  const strange = names.find((name) => !targets.some((t) => t.name === name));
  if (strange !== undefined) {
    throw new UsageError(`Unknown target "${strange}"; see --help`);
  }
  return {
    seconds: number("seconds", values.seconds, 1),
    seed: number("seed", values.seed, 0),
    hang: number("hang", values.hang, 1),
    chosen: targets.filter(({ name }) =>
      names.length === 0 || names.includes(name)
    ),
  };
}

/** What came of one target. */
interface Outcome {
  readonly inputs: number;
  readonly failures: readonly Failure[];
}

/** Gives one target its inputs, in a thread that is ended where it hangs, and with the signal. */
async function fuzz(
  { name }: Target,
  wish: Wish,
  folder: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const shared = new SharedArrayBuffer(place.input + 2 * longest);
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    type: "module",
  });
  const failures = new Map<number, Failure>();
  const order: Order = {
    ...{ target: name, seeds: seedsOf(name), seed: wish.seed, shared },
    ...{ ms: 1000 * wish.seconds, folder },
  };
  const ended = new Promise<number>((resolve, reject) => {
    signal.addEventListener("abort", () => {
      resolve(new Int32Array(shared)[place.number] ?? 0);
    });
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.is === "end") resolve(data.inputs);
      else failures.set(data.number, data);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
  });
  const hang = watch(shared, wish.hang);
  try {
    const inputs = await Promise.race([ended, hang.seen]);
    const found = [...failures.values()];
    if (typeof inputs === "number") return { inputs, failures: found };
    return { inputs: inputs.number, failures: [...found, inputs] };
  } finally {
    hang.end();
    worker.terminate();
  }
}

/** Looks whether inputs go on. */
function watch(
  shared: SharedArrayBuffer,
  seconds: number,
): { seen: Promise<Failure>; end: () => void } {
  const words = new Int32Array(shared);
  let [count, since] = [0, performance.now()];
  let timer: ReturnType<typeof setInterval> | undefined;
  const seen = new Promise<Failure>((resolve) => {
    timer = setInterval(() => {
      const now = Atomics.load(words, place.count);
      if (now !== count) [count, since] = [now, performance.now()];
      // Before the first input it is loaded.
      if (count === 0 || performance.now() - since < 1000 * seconds) return;
      const input = new Uint8Array(shared, place.input, words[place.length])
        .slice();
      const what = `it took more than ${seconds} s`;
      const number = words[place.number] ?? 0;
      resolve({ is: "failure", input, number, what });
    }, 100);
  });
  return { seen, end: () => clearInterval(timer) };
}

async function keep(name: string, { input }: Failure): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", input);
  const path = `build/fuzz/${name}-${
    new Uint8Array(digest).toHex().slice(0, 12)
  }`;
  await Deno.mkdir("build/fuzz", { recursive: true });
  await Deno.writeFile(path, input);
  return path;
}

async function main(argv: readonly string[]): Promise<number> {
  const wish = readWish(argv);
  if (wish === "help") {
    writeOut(usage);
    return 0;
  }
  using interrupted = interruption();
  const { signal } = interrupted;
  await using folder = await openTemporary();
  const { print, statusOf } = new Printer();
  let bad = 0;
  for (const target of wish.chosen) {
    if (signal.aborted) break;
    const { inputs, failures } = await fuzz(target, wish, folder.path, signal);
    print(`${target.name}: ${inputs} inputs, ${failures.length} failures\n`);
    for (const failure of failures) {
      const path = await keep(target.name, failure);
      const { number, what } = failure;
      print(`  seed ${wish.seed}, input ${number}, ${path}: ${what}\n`);
    }
    bad += failures.length;
  }
  return interrupted.status ?? statusOf(bad === 0 ? 0 : 1);
}

if (import.meta.main) await exitWith(main);
