/**
 * Runs that are ended from outside, by a key, by a signal, with their terminal,
 * and lines that die: what was had is kept, and nothing runs on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { digestOf } from "../../kernels/digest.ts";
import { files, processes } from "./lab_census.ts";
import {
  assertRefused,
  HostLab,
  type Manner,
  type Running,
} from "./lab_host.ts";
import { Line } from "./lab_line.ts";

describe("a run that is ended", () => {
  let lab: HostLab;

  before(async () => {
    lab = await HostLab.open();
    assert.equal((await lab.run()).status, 0);
  });

  beforeEach(async () => {
    for (const path of [lab.report, lab.half]) {
      await Deno.remove(path).catch(() => {});
    }
  });

  after(async () => {
    await lab[Symbol.asyncDispose]();
  });

  /** A run whose guest has proved one claim of two, and goes on for ever. */
  async function halfway(): Promise<Running> {
    const args = ["--report", `json=${lab.report}`];
    const run = lab.start({ scene: "endless", args });
    await lab.halfway(run);
    return run;
  }

  /** What it had is in its report; the rest says why it is not. */
  async function assertKept(): Promise<void> {
    const { kernels } = JSON.parse(await Deno.readTextFile(lab.report));
    const cells = kernels[0].claims as { verdict: string; why?: string }[];
    assert.deepEqual(cells.map(({ verdict }) => verdict), ["holds", "lost"]);
    assert.match(cells[1]?.why ?? "", /The run was cancelled/);
  }

  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, status] of Object.entries(signals)) {
    it(`keeps what it had, and leaves nothing: ${signal}`, async () => {
      const run = await halfway();
      // As a terminal does it: to all that run in the foreground.
      lab.signal(signal as keyof typeof signals);
      const ended = await run.ended;
      assert.equal(ended.status, status, ended.err);
      assert.match(ended.out, /1 holds, 0 absent, 0 fails, 1 LOST/);
      await assertKept();
      assert.deepEqual(await lab.left(), []);
    });
  }

  it("is a bench: its status is the signal's, too", async () => {
    const run = lab.start({ command: "bench/main.ts", scene: "silent" });
    await run.said("fake is up after");
    Deno.kill(run.pid, "SIGINT");
    const { status, err } = await run.ended;
    assert.equal(status, 130, err);
    assert.match(err, /Cannot measure on fake: The run was cancelled/);
    assert.deepEqual(await lab.left(), []);
  });

  it("is a bench of the running kernel: its processes end with it, and it keeps its rows", async () => {
    const rows = ["drain-raw/perf/8", "latency-p50/perf/24"];
    const run = lab.start({
      ...{ command: "bench/main.ts", kernel: "" },
      args: [
        ...rows.map((row) => `--row=${row}`),
        ...["--runs=20", `--report=json=${lab.report}`],
      ],
    });
    await run.shown("drain-raw ");
    Deno.kill(run.pid, "SIGTERM");
    assert.equal((await run.ended).status, 143);
    assert.deepEqual(processes(lab.mark), [], "it waited for them");
    const report = JSON.parse(await Deno.readTextFile(lab.report));
    assert.equal(report.rows.length, 1);
  });

  it("is the fuzzing: it says how far it came, and leaves no input behind", async () => {
    const run = lab.start({
      ...{ command: "fuzz/main.ts", kernel: "" },
      args: ["--target=elf", "--seconds=60"],
    });
    while (
      !files(`${lab.folder}/tmp`).some((path) => path.endsWith("/input"))
    ) {
      await sleep(10);
    }
    Deno.kill(run.pid, "SIGINT");
    const { status, out } = await run.ended;
    assert.equal(status, 130);
    assert.match(out, /^elf: \d+ inputs, 0 failures\n$/);
    assert.deepEqual(await lab.left(), []);
    assert.deepEqual(files(`${lab.folder}/tmp`), []);
  });

  it("takes a Ctrl-C that comes many times for one, as deno task passes it on", async () => {
    const run = await halfway();
    let ended = false;
    run.ended.finally(() => ended = true).catch(() => {});
    Deno.kill(run.pid, "SIGINT");
    while (!ended) {
      try {
        Deno.kill(run.pid, "SIGINT");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        break;
      }
      await sleep(5);
    }
    const { status, out } = await run.ended;
    assert.equal(status, 130);
    assert.match(out, /1 holds, 0 absent, 0 fails, 1 LOST/);
    await assertKept();
    assert.deepEqual(await lab.left(), []);
  });

  it("takes its machine with it when it is killed", async () => {
    const run = await halfway();
    Deno.kill(run.pid, "SIGKILL");
    assert.equal((await run.ended).status, 137);
    assert.deepEqual(await lab.left(), []);
  });

  it("keeps what it had when its terminal goes away", async () => {
    const terminal = lab.startInTerminal({
      scene: "endless",
      args: ["--report", `json=${lab.report}`],
    });
    await terminal.said("1 of 2");
    terminal.close();
    assert.deepEqual(await lab.left(), []);
    await assertKept();
  });

  const runs: Readonly<Record<string, Manner>> = {
    "the matrix": {},
    "test:local": { command: "local.ts", kernel: "", args: ["--claim=F1"] },
    "bench": {
      ...{ command: "bench/main.ts", kernel: "" },
      args: ["--row=drain-raw/perf/8", "--runs=1"],
    },
  };
  for (const [name, { args = [], ...manner }] of Object.entries(runs)) {
    it(`keeps its reports when what it prints finds no place: ${name}`, async () => {
      const ended = await lab.run({
        ...manner,
        args: [...args, `--report=json=${lab.report}`],
        before: "exec 1>/dev/full",
      });
      const told = /^Cannot write to stdout: No space left on device$/;
      assertRefused(ended, 69, told);
      const report = JSON.parse(await Deno.readTextFile(lab.report));
      const { kernels: [row = { state: "ran" }] = [] } = report;
      assert.equal(row.state, "ran");
      assert.equal((report.rows ?? report.kernels).length, 1);
      assert.deepEqual(await lab.left(), []);
    });
  }
});

describe("a download that does not end well", () => {
  let lab: HostLab;
  let line: Line;

  before(async () => {
    lab = await HostLab.open();
    line = new Line(await Deno.readFile(lab.image));
  });

  beforeEach(async () => {
    await Deno.remove(`${lab.cache}/ringside/kernels`, { recursive: true })
      .catch(() => {});
    line.reset();
  });

  after(async () => {
    await line[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  const wanted = async (): Promise<string> =>
    `net=${line.url}#sha256=${await digestOf(lab.image)}`;

  const parts = (): string[] => files(`${lab.cache}/ringside/kernels/parts`);

  /** The next run has the rest, and asks for no more than that. */
  async function assertGoesOn(): Promise<void> {
    assert.equal(parts().length, 1, "what came is kept");
    const had = Deno.statSync(parts()[0] ?? "").size;
    line.reset();
    const { status, err } = await lab.run({ kernel: await wanted() });
    assert.equal(status, 0, err);
    assert.deepEqual(line.asked, [`bytes=${had}-`]);
    assert.deepEqual(parts(), []);
    assert.deepEqual(await lab.left(), []);
  }

  it("goes on the next time when the network died in the middle", async () => {
    line.dies = true;
    const { status, err, out } = await lab.run({ kernel: await wanted() });
    assert.equal(status, 69, err);
    assert.match(out, /cannot be reached/);
    await assertGoesOn();
  });

  it("goes on the next time when it was cancelled in the middle", async () => {
    line.stalls = true;
    const run = lab.start({ kernel: await wanted() });
    await line.half;
    Deno.kill(run.pid, "SIGINT");
    assert.equal((await run.ended).status, 130);
    await assertGoesOn();
  });

  it("goes on the next time when it was killed in the middle", async () => {
    line.stalls = true;
    const run = lab.start({ kernel: await wanted() });
    await line.half;
    Deno.kill(run.pid, "SIGKILL");
    assert.equal((await run.ended).status, 137);
    await assertGoesOn();
  });

  it("is not opened when a bit of it is another", async () => {
    line.flips = true;
    const { starts } = lab;
    const { status, out } = await lab.run({ kernel: await wanted() });
    assert.equal(status, 69);
    assert.match(
      out,
      /Cannot trust .*: its checksum is\s+[0-9a-f]{64}, and the command line says/,
    );
    assert.deepEqual(parts(), []);
    assert.equal(lab.starts, starts, "no machine was started for it");
  });
});
