/**
 * The run on boxes: has every box, takes up as many machines at once as this one can bear, sends
 * each out on the errand and returns a row for each, in their order.
 *
 * @module
 */
import pLimit from "npm:p-limit@^7.1.1";
import { rememberedAccel } from "../kernels/accel.ts";
import { jobs } from "../kernels/jobs.ts";
import { Unavailable } from "../kernels/kernel.ts";
import type { Program } from "../kernels/machine.ts";
import type { Accel } from "../kernels/qemu.ts";
import type { Box } from "../kernels/vagrant/boxes.ts";
import { packFreight } from "../kernels/vagrant/freight.ts";
import { haveBox } from "../kernels/vagrant/have_box.ts";
import { runBox } from "../kernels/vagrant/machine.ts";
import { chooseProvider, type Provider } from "../kernels/vagrant/provider.ts";
import { hearRow } from "./boot.ts";
import type { Terms } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import type { Row } from "./results.ts";
import { cancelled, lostRow, since, unavailableRow } from "./row.ts";

/** Which boxes are to be taken up, and what becomes of them. */
export interface BoxPlan extends Terms {
  readonly driver: "vagrant";
  readonly boxes: readonly Box[];
  /** Halt the machines at the end, and let the next run go on with them. */
  readonly keep: boolean;
}

type Limit = <Result>(act: () => Promise<Result>) => Promise<Result>;

/** What rows share. */
interface Ground {
  readonly plan: BoxPlan;
  readonly watch: Watcher;
  readonly provider: Provider;
  readonly accel: Accel | null;
  /** Vagrant has one box at a time. */
  readonly download: Limit;
  readonly places: Limit;
  /** Resolved once a machine is up, or none will be: see {@linkcode runRow}. */
  readonly first: PromiseWithResolvers<void>;
  isFirst: boolean;
}

/**
 * Runs the boxes.
 *
 * @throws {Error} when no row can run here at all: no Vagrant, no provider, nothing to pack; but not
 * any more when one has begun.
 */
export async function runBoxes(
  plan: BoxPlan,
  watch: Watcher,
): Promise<Row[]> {
  const ground = await prepare(plan, watch);
  const loads = await packAll(plan);
  return await Promise.all(loads.map(async ({ box, freight }) => {
    const row = await haveAndRun(box, freight, ground);
    watch({ is: "done", row });
    return row;
  }));
}

async function prepare(plan: BoxPlan, watch: Watcher): Promise<Ground> {
  const provider = await chooseProvider();
  const choice = provider === "libvirt"
    ? await rememberedAccel(plan.accel, plan.cache)
    : undefined;
  const { accel, note } = choice ?? { accel: null, note: "VirtualBox" };
  const { cpus, memoryMiB } = plan;
  const host = choice ?? { accel: "kvm", threads: "multi" };
  const places = jobs(host, cpus, memoryMiB, plan.jobs);
  watch({
    is: "note",
    text: `Vagrant with ${provider}; ${note}; ${
      Math.min(places, plan.boxes.length)
    } at a time`,
  });
  return {
    ...{ plan, watch, provider, accel, isFirst: true },
    download: pLimit(1),
    places: pLimit(places),
    first: Promise.withResolvers(),
  };
}

/** A box, and the archive that is sent into its machine. */
interface Load {
  readonly box: Box;
  readonly freight: string;
}

/** Packs for all rows, each program once, before anything is taken up. */
async function packAll({ boxes, errand, cache }: BoxPlan): Promise<Load[]> {
  const packed = new Map<Program, string>();
  const loads: Load[] = [];
  for (const box of boxes) {
    const program = await errand.program(box);
    const freight = packed.get(program) ?? await packFreight(program, cache);
    packed.set(program, freight);
    loads.push({ box, freight });
  }
  return loads;
}

/** One row from its name to its cells. */
async function haveAndRun(
  box: Box,
  freight: string,
  ground: Ground,
): Promise<Row> {
  const { plan, watch, provider, download, places } = ground;
  const { signal, offline } = plan;
  let provisionMs = 0;
  try {
    await download(async () => {
      signal.throwIfAborted();
      const began = performance.now();
      const progress = (text: string): void =>
        watch({ is: "provisioning", row: box.id, text });
      watch({ is: "provisioning", row: box.id });
      await haveBox(box, { provider, offline, signal, progress });
      provisionMs = since(began);
    });
    return await places(() => runRow(box, freight, provisionMs, ground));
  } catch (error) {
    if (signal.aborted) return lostRow(box, plan, cancelled, provisionMs);
    if (error instanceof Unavailable) return unavailableRow(box, plan, error);
    // When a row has begun, there is a result to be kept, and a machine to be destroyed.
    if (ground.isFirst) throw error;
    return lostRow(box, plan, error, provisionMs);
  }
}

/**
 * The first machine comes up alone: it makes the network and the storage that all use, and two
 * Vagrants that make them at the same time are in each other's way.
 */
async function runRow(
  box: Box,
  freight: string,
  provisionMs: number,
  ground: Ground,
): Promise<Row> {
  const { plan, provider, accel, first } = ground;
  if (!ground.isFirst) await first.promise;
  // Asked before it is the first: one that ended here would let the others wait for ever.
  plan.signal.throwIfAborted();
  ground.isFirst = false;
  const warnings: string[] = [];
  const { cpus, memoryMiB, timeoutMs, keep, signal } = plan;
  const events = runBox(box, freight, {
    ...{ provider, accel, cpus, memoryMiB, timeoutMs, keep, signal },
    warn: (text) => void warnings.push(text),
  });
  const watch: Watcher = (event) => {
    if (event.is === "up") first.resolve();
    ground.watch(event);
  };
  try {
    return await hearRow(
      events,
      {
        row: box,
        ...{ accel, release: null, arch: null, provisionMs, warnings },
      },
      { plan, watch },
    );
  } finally {
    first.resolve();
  }
}
