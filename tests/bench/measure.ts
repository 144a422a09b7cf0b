/**
 * Measures one subject: both sides in turn, so often as is asked for.
 *
 * @module
 */
import { Answering } from "./answering.ts";
import type { Ground } from "./ground.ts";
import { cpuNs, residentMiB } from "./load.ts";
import {
  isLatency,
  isLoaded,
  modeInC,
  type Name,
  type Subject,
} from "./rows.ts";
import { recordsOf } from "./sizes.ts";
import type { Run } from "./spread.ts";

/** The runs of one name, and what else they tell. */
export interface Measured {
  readonly name: Name;
  readonly runs: readonly Run[];
  /** CPU time, ns per event: of the last run. */
  readonly cpu?: Run;
  /** Memory that is resident, MiB, behind the last run. */
  readonly memory: Run;
}

/** One side, and how its figures are had. */
interface Side {
  readonly process: Answering;
  /** Starts what sends its events. */
  readonly drive: (words: readonly string[]) => Answering;
}

/** The figures of one run of one side, in the order of the names. */
type Ask = (side: Side) => Promise<readonly number[]>;

/** Events of one run, in buffers filled and drained of which the best counts; and before the first run. */
const drain = { run: 400_000, warm: 1_200_000 } as const;

/** Events of one run, the pause in front of each. */
const latency = { count: 400, warm: 1000, gapUs: 1000 } as const;

/** How long one flood is, and how often a lower rate is tried. */
const flood = { ms: 250, tries: 6, back: 0.85 } as const;

/** Measures it `times` times. */
export async function measure(
  subject: Subject,
  ground: Ground,
  times: number,
): Promise<Measured[]> {
  const { names, transport, bytes } = subject;
  const { signal } = ground;
  const [name] = names as [Name];
  const words = (mode: string): string[] => [
    ...[ground.object, mode, transport, `${bytes}`],
  ];
  await using ours = new Answering(Deno.execPath(), [
    ...["run", "-A", "--no-config", "--no-check"],
    ...[ground.ours, ...words(name)],
  ], signal);
  await using c = new Answering(
    ground.consumer,
    words(modeInC(name)),
    signal,
  );
  const sides = {
    ours: await sideOf(ours, ground),
    c: await sideOf(c, ground),
  };
  const [warm, ask] = asking(name, recordsOf(transport, bytes), ground.part);
  await warm(sides.c);
  await warm(sides.ours);
  const runs: { ours: readonly number[]; c: readonly number[] }[] = [];
  for (let time = 0; time < times; time++) {
    runs.push({ c: await ask(sides.c), ours: await ask(sides.ours) });
  }
  const pick = (index: number): Run[] =>
    runs.map((run) => ({
      ours: run.ours[index] ?? NaN,
      c: run.c[index] ?? NaN,
    }));
  const memory = { ours: residentMiB(ours.pid), c: residentMiB(c.pid) };
  // What is answered behind the figures of the names.
  const used = pick(names.length).at(-1);
  const cpu = used && !Number.isNaN(used.c) ? { cpu: used } : {};
  return names.map((name, index) => ({
    ...{ name, runs: pick(index), memory, ...cpu },
  }));
}

async function sideOf(
  process: Answering,
  { driver, signal }: Ground,
): Promise<Side> {
  const [id = NaN] = await process.numbers();
  const drive: Side["drive"] = (words) =>
    new Answering(driver, [`${id}`, ...words], signal);
  return { process, drive };
}

/** How a side is warmed, and how it is asked: for a part of the events. */
function asking(
  name: Name,
  records: number,
  part: number,
): [warm: Ask, ask: Ask] {
  if (name === "sustained") return [(side) => flooded(side, 0), highest];
  if (isLatency(name)) {
    const ask = isLoaded(name) ? delaysUnderLoad : delays;
    return [
      (side) => delays(side, latency.warm),
      (side) => ask(side, latency.count),
    ];
  }
  return [
    ({ process }) => process.ask(Math.ceil(drain.warm / records)),
    ({ process }) => process.ask(Math.ceil(part * drain.run / records)),
  ];
}

/**
 * Sends events one by one; the delays' median and 99th percentile, and the
 * consumer's CPU time per event, ns.
 */
async function delays(
  { process, drive }: Side,
  count: number,
): Promise<number[]> {
  const before = cpuNs(process.pid);
  await process.tell(count);
  await using sent = drive(["single", `${count}`, `${latency.gapUs}`]);
  const [answer] = await Promise.all([process.numbers(), sent.numbers()]);
  return [...answer, (cpuNs(process.pid) - before) / count];
}

/** The same while all CPUs are busy. */
async function delaysUnderLoad(side: Side, count: number): Promise<number[]> {
  await using busy = side.drive(["busy", "0", "0"]);
  await busy.numbers();
  return await delays(side, count);
}

/** One flood: ns per event, CPU time per event, where any was taken; and how many were lost. */
async function flooded(
  { process, drive }: Side,
  rate: number,
): Promise<[ns: number, cpuNs: number, lost: number]> {
  await process.tell("from here");
  const before = cpuNs(process.pid);
  await using flooding = drive(["flood", `${flood.ms}`, `${rate}`]);
  const [sent = 0, ns = 0] = await flooding.numbers();
  const [taken = 0] = await process.ask("to here");
  const cpu = cpuNs(process.pid) - before;
  if (taken === 0) return [NaN, NaN, sent];
  return [ns / taken, cpu / taken, sent - taken];
}

/** The shortest time per event in which nothing is lost: without a limit, or below what was taken. */
async function highest(side: Side): Promise<number[]> {
  let [ns, cpu, lost] = await flooded(side, 0);
  for (let time = 1; lost > 0 && ns > 0 && time < flood.tries; time++) {
    [ns, cpu, lost] = await flooded(side, flood.back * 1e9 / ns);
  }
  return lost > 0 ? [NaN, NaN] : [ns, cpu];
}
