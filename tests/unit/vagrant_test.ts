/**
 * Machines of Vagrant, with a stand-in for Vagrant: each way to end is told as what it was, and no
 * machine stays behind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import type { Box } from "../../kernels/vagrant/boxes.ts";
import { type BoxPlan, runBoxes } from "../box_matrix.ts";
import { packFreight } from "../../kernels/vagrant/freight.ts";
import { runBox } from "../../kernels/vagrant/machine.ts";
import { Tenancy } from "../../kernels/vagrant/tenancy.ts";
import type { Errand } from "../errand.ts";
import type { Watcher } from "../progress.ts";
import type { Row } from "../results.ts";
import { Transcript } from "../transcript.ts";
import { encode, type Message } from "../wire.ts";
import { claims } from "./fake_machines.ts";

const standIn = fileURLToPath(new URL("fake_vagrant.sh", import.meta.url));
const settings = [
  "PATH",
  "FAKE",
  "SCENE",
  "VAGRANT_DOTFILE_PATH",
  "CODE",
  "LAST",
];

/** A program without libraries; Deno itself makes the archive large, so that it is packed once. */
const program = {
  ...{ args: ["it's"], libraries: [] },
  files: { "/program.js": new TextEncoder().encode("1") },
};
const errand: Errand = {
  program: () => Promise.resolve(program),
  listen: () => new Transcript(claims),
};

const words: readonly Message[] = [
  {
    ...{ type: "hello", release: "5.10.0", arch: "x86_64", cpus: 2 },
    ...{ deno: "2", libbpf: "1.1" },
  },
  { type: "transport", transport: "ring", reason: "ok" },
  ...claims.flatMap(({ id }): Message[] => [
    { type: "start", id },
    { type: "end", id, verdict: "holds", ms: 1, evidence: {} },
  ]),
  { type: "bye" },
];

const cache = await Deno.makeTempDir({ prefix: "vagrant-test-cache-" });
let folder = "";
let before: Record<string, string | undefined> = {};

const box = (id: string): Box => ({ id, label: id, box: "a/b" });

/** Runs boxes in a scene. */
async function play(
  scene: string,
  more: Partial<BoxPlan> = {},
  watch: Watcher = () => {},
): Promise<{ rows: Row[]; log: string[] }> {
  Deno.env.set("SCENE", scene);
  const rows = await runBoxes({
    ...{ driver: "vagrant", boxes: [box("vagrant-one")], errand, keep: false },
    ...{ cpus: 2, memoryMiB: 512, accel: "tcg", timeoutMs: 20_000, jobs: 2 },
    ...{ cache, offline: false, signal: new AbortController().signal },
    ...more,
  }, watch);
  return { rows, log: await calls() };
}

/** What the stand-in was asked for, without what every run asks first. */
async function calls(): Promise<string[]> {
  const log = await Deno.readTextFile(`${folder}/log`);
  await Deno.remove(`${folder}/log`);
  return log.trimEnd().split("\n").map((line) =>
    line.replace("--no-tty ", "").replace(/ --command.*/, "")
  ).filter((line) => !/^(plugin|box) list|^status/.test(line));
}

/** The one row of a run. */
async function row(scene: string, more: Partial<BoxPlan> = {}): Promise<Row> {
  const { rows: [first] } = await play(scene, more);
  assert.ok(first);
  return first;
}

const files = async (path: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(path)).catch(() => []))
    .map(({ name }) => name);

describe("machines of Vagrant", () => {
  beforeEach(async () => {
    folder = await Deno.makeTempDir({ prefix: "vagrant-test-" });
    before = Object.fromEntries(
      settings.map((name) => [name, Deno.env.get(name)]),
    );
    await Deno.mkdir(`${folder}/bin`);
    await Deno.symlink(standIn, `${folder}/bin/vagrant`);
    await Deno.writeTextFile(
      `${folder}/lines`,
      words.map((word) => encode(word)).join(""),
    );
    Deno.env.set("PATH", `${folder}/bin:${before.PATH}`);
    Deno.env.set("FAKE", folder);
    Deno.env.set("VAGRANT_DOTFILE_PATH", `${folder}/dot`);
  });

  afterEach(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    await Deno.remove(folder, { recursive: true });
  });

  after(() => Deno.remove(cache, { recursive: true }));

  it("takes a machine up, hears the program out, and destroys the machine", async () => {
    const { rows: [one], log } = await play("good");
    assert.equal(one?.state, "ran");
    assert.deepEqual(
      { driver: one.driver, accel: one.accel, release: one.release },
      { driver: "vagrant", accel: "tcg", release: "5.10.0" },
    );
    assert.deepEqual(one.claims.map(({ verdict }) => verdict), [
      ...["holds", "holds", "holds"],
    ]);
    assert.deepEqual(log, [
      "box add a/b --provider libvirt",
      "up vagrant-one --provider libvirt",
      "ssh vagrant-one",
      "destroy --force vagrant-one",
    ]);
    assert.deepEqual(await files(`${folder}/dot/ringside`), []);
  });

  it("tells the Vagrantfile how large machines are", async () => {
    await row("good");
    const env = await Deno.readTextFile(`${folder}/env`);
    assert.match(env, /^RINGSIDE_ACCEL=tcg$/m);
    assert.match(env, /^RINGSIDE_CPUS=2$/m);
    assert.match(env, /^RINGSIDE_MEMORY=512$/m);
  });

  it("sends an archive in that has all the program needs", async () => {
    await row("archive");
    const args = ["-xOf", `${folder}/freight`, "./ringside/start"];
    const { stdout } = await new Deno.Command("tar", { args }).output();
    const start = new TextDecoder().decode(stdout);
    assert.match(start, / RINGSIDE_ACCEL="\$2" "\$enter" /);
    assert.match(start, /'\/program\.js' 'it'\\''s' <\/dev\/null/);
    const checked = await new Deno.Command("sh", {
      args: ["-n", "-c", start],
    }).output();
    assert.ok(checked.success, "a shell understands it");
    const listed = await new Deno.Command("tar", {
      args: ["-tf", `${folder}/freight`],
    }).output();
    const names = new TextDecoder().decode(listed.stdout).split("\n");
    assert.ok(names.includes("./bin/deno") && names.includes("./program.js"));
  });

  it("names an archive by its contents, and makes one anew that is damaged", async () => {
    const data = `${folder}/data`;
    const packed = async (text: string, year: number): Promise<string> => {
      await Deno.writeTextFile(data, text);
      await Deno.utime(data, new Date(year, 1), new Date(year, 1));
      const files = { ...program.files, "/data": data };
      return await packFreight({ ...program, files }, cache);
    };
    const one = await packed("one", 2020);
    assert.equal(await packed("one", 2021), one);
    assert.notEqual(await packed("two", 2022), one);
    await Deno.truncate(one, 1000);
    assert.equal(await packed("one", 2023), one);
    const args = ["-xOf", one, "./data"];
    const { stdout } = await new Deno.Command("tar", { args }).output();
    assert.equal(new TextDecoder().decode(stdout), "one");
  });

  it("tells the program what its processor is, as nothing else in a box does", async () => {
    await row("good");
    const command = await Deno.readTextFile(`${folder}/command`);
    assert.match(command, /\/ringside\/start [0-9a-f]{16} tcg'$/m);
  });

  it("asks no network for a box that is there", async () => {
    const { rows: [one], log } = await play("have-box", { offline: true });
    assert.equal(one?.state, "ran");
    assert.ok(!log.some((line) => line.startsWith("box add")));
  });

  it("says why a box cannot be had", async () => {
    const offline = await row("good", { offline: true });
    assert.deepEqual([offline.state, offline.why], [
      "unavailable",
      "The box a/b is not on this machine, and --offline asks no network",
    ]);
    const gone = await row("no-box");
    assert.deepEqual([gone.state, gone.why], [
      "unavailable",
      "The box a/b cannot be had: The box 'a/b' could not be found or could not be accessed in the remote catalog: Could not resolve host: x",
    ]);
  });

  it("says that there is nothing to make machines with", async () => {
    Deno.env.set("PATH", `${folder}/bin:/usr/bin:/bin`);
    await assert.rejects(play("no-provider"), {
      message: /^Vagrant has nothing to make machines with: install its plugin/,
    });
    await assert.rejects(play("no-start"), {
      message:
        "Vagrant does not start: Vagrant failed to initialize at a very early stage: a plugin is broken",
    });
  });

  it("says that a machine did not come up, and why", async () => {
    const { rows: [one], log } = await play("no-up");
    assert.deepEqual([one?.state, one?.why], [
      "lost",
      "Vagrant could not take the machine up: There was an error talking to Libvirt. no network with matching name 'x'",
    ]);
    assert.match(one?.console ?? "", /error talking to Libvirt/);
    assert.equal(log.at(-1), "destroy --force vagrant-one");
  });

  it("ends a machine that takes too long to come up, or its program", async () => {
    const up = await row("slow-up", { timeoutMs: 1000 });
    assert.equal(
      up.why,
      'The machine was not up within 1 s (option --timeout); the last word was "Waiting for domain to get an IP address..."',
    );
    const program = await row("slow", { timeoutMs: 2000 });
    assert.equal(
      program.why,
      "The program did not end within 2 s (option --timeout)",
    );
    assert.deepEqual(await files(`${folder}/dot/machines`), []);
  });

  it("keeps what was proved before a connection died, and says what became of the machine", async () => {
    const one = await row("dies");
    assert.equal(
      one.why,
      "The connection ended before the program did: the machine is shutoff",
    );
    assert.deepEqual(one.claims.map(({ verdict }) => verdict), [
      ...["holds", "lost", "lost"],
    ]);
  });

  it("hears no more of a program than it hears of a guest's", async () => {
    const [lines, line] = [await row("lines"), await row("long-line")];
    assert.deepEqual([lines.state, lines.why], [
      ...["lost", "The program wrote more than 8 MiB to its stdout"],
    ]);
    assert.deepEqual([line.state, line.why], [
      "lost",
      "The program wrote a line of more than 1 MiB to its stdout",
    ]);
    assert.deepEqual(await files(`${folder}/dot/machines`), []);
  });

  it("says that the machine has no room for the program", async () => {
    const one = await row("full");
    assert.equal(
      one.why,
      "The program could not be brought into the machine: tar: ./bin/deno: Cannot write: No space left on device",
    );
  });

  it("says why the kernel killed the program", async () => {
    Deno.env.set("CODE", "137");
    Deno.env.set("LAST", "Out of memory: Killed process 28 (deno)");
    const one = await row("good");
    assert.match(one.why ?? "", /^The guest ran out of memory and the kernel/);
  });

  it("halts a machine that is to be kept, and goes on with it", async () => {
    const first = await play("good", { keep: true });
    assert.equal(first.log.at(-1), "halt vagrant-one");
    const { rows: [one], log } = await play("good");
    assert.deepEqual([one?.state, one?.warnings], ["ran", undefined]);
    assert.deepEqual(log.slice(1), [
      "up vagrant-one --provider libvirt",
      "ssh vagrant-one",
      "destroy --force vagrant-one",
    ]);
  });

  it("leaves a machine alone that was made by hand, or that another run has", async () => {
    const machine = `${folder}/dot/machines/vagrant-one/libvirt`;
    await Deno.mkdir(machine, { recursive: true });
    await Deno.writeTextFile(`${machine}/id`, "1");
    const { rows: [one], log } = await play("good");
    assert.deepEqual([one?.state, one?.why], [
      "unavailable",
      "There is a machine vagrant-one that no run has made: run `vagrant destroy vagrant-one` first",
    ]);
    assert.deepEqual(log, ["box add a/b --provider libvirt"]);
    const stat = await Deno.readTextFile("/proc/1/stat");
    const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    await note({ pid: 1, began });
    assert.equal(
      (await row("good")).why,
      "The machine vagrant-one belongs to a run that goes on, process 1",
    );
  });

  it("belongs to one of two runs that take it at once, or after one that was killed", async () => {
    const dot = `${folder}/dot`;
    for (const past of [undefined, { pid: 1, began: "long ago" }]) {
      if (past !== undefined) await note(past);
      const both = await Promise.allSettled([
        Tenancy.take("vagrant-one", dot),
        Tenancy.take("vagrant-one", dot),
      ]);
      const [taken, refused] = ["fulfilled", "rejected"].map((status) =>
        both.filter((one) => one.status === status)
      );
      assert.deepEqual([taken?.length, refused?.length], [1, 1]);
      const [first] = refused ?? [];
      assert.match(
        first?.status === "rejected" ? first.reason.message : "",
        /^The machine vagrant-one belongs to a run that goes on, process \d+$/,
      );
    }
  });

  it("is free again, as it was, when a run could not begin with it", async () => {
    const console = `${folder}/dot/ringside/vagrant-one.console`;
    const inTheWay = `${console}/not-empty`;
    const begin = async (more: Partial<BoxPlan> = {}): Promise<string[]> => {
      await Deno.remove(console).catch(() => {}); // of a machine that was kept
      await Deno.mkdir(inTheWay, { recursive: true });
      const { why } = await row("good");
      assert.match(why ?? "", /^Is a directory/);
      await Deno.remove(console, { recursive: true });
      const { rows: [one], log } = await play("good", more);
      assert.equal(one?.state, "ran");
      return log.filter((line) => !line.startsWith("box"));
    };
    const [up, ssh, destroy] = await begin({ keep: true });
    assert.equal(destroy, "halt vagrant-one");
    assert.deepEqual(await begin(), [
      ...[up, ssh, "destroy --force vagrant-one"],
    ]);
  });

  it("destroys what a killed run has left, and says so", async () => {
    const machine = `${folder}/dot/machines/vagrant-one/libvirt`;
    await Deno.mkdir(machine, { recursive: true });
    await Deno.writeTextFile(`${machine}/id`, "1");
    await note({ pid: 1, began: "long ago" });
    const { rows: [one], log } = await play("good");
    assert.equal(log[1], "destroy --force vagrant-one");
    assert.equal(one?.state, "ran");
    assert.deepEqual(one?.warnings, [
      "A killed run had left this machine: it was destroyed first",
    ]);
  });

  it("warns of a machine that stays, whatever it showed", async () => {
    const one = await row("stays");
    assert.equal(one.state, "ran");
    assert.deepEqual(one.warnings, [
      "The machine could not be destroyed: The machine is locked.; run `vagrant destroy --force vagrant-one`",
    ]);
  });

  it("waits for the end of a machine no longer than it may take, and says so", async () => {
    Deno.env.set("SCENE", "hangs");
    const freight = `${folder}/freight.tar`;
    await Deno.writeTextFile(freight, "");
    for (
      const [keep, why] of [
        [
          false,
          "The machine could not be destroyed: Vagrant did not end within 0.5 s: The domain is being destroyed; run `vagrant destroy --force vagrant-one`",
        ],
        [true, "It could not be halted: Vagrant did not end within 0.5 s"],
      ] as const
    ) {
      const warnings: string[] = [];
      const events = runBox(box("vagrant-one"), freight, {
        ...{ provider: "libvirt", cpus: 1, memoryMiB: 512, accel: "tcg", keep },
        ...{ timeoutMs: 20_000, endTimeoutMs: 500 },
        signal: new AbortController().signal,
        warn: (text) => void warnings.push(text),
      });
      const last = (await Array.fromAsync(events)).at(-1);
      assert.equal(last?.type, "exit");
      assert.deepEqual(warnings, [why]);
      await Deno.remove(`${folder}/dot`, { recursive: true });
    }
  });

  it("packs all that is sent before a machine is taken up", async () => {
    const boxes = [box("vagrant-one"), box("vagrant-two")];
    const full: Errand = {
      ...errand,
      program: ({ id }) =>
        id === "vagrant-one"
          ? errand.program(box(id))
          : Promise.reject(new Error("No space left on device")),
    };
    await assert.rejects(play("good", { boxes, errand: full }), {
      message: "No space left on device",
    });
    const log = await Deno.readTextFile(`${folder}/log`);
    assert.equal(log, "--no-tty plugin list\n");
  });

  it("loses no result to a row that fails when another has begun", async () => {
    const boxes = [box("vagrant-one"), box("vagrant-two")];
    const refuse: Watcher = (event) => {
      const isSecond = event.is === "provisioning" && event.text &&
        event.row === "vagrant-two";
      if (isSecond) throw new Error("No space left on device");
    };
    const { rows } = await play("good", { boxes }, refuse);
    assert.deepEqual(rows.map(({ state, why }) => [state, why]), [
      ["ran", undefined],
      ["lost", "No space left on device"],
    ]);
  });

  it("destroys its machines when the run is cancelled", async () => {
    const cancel = new AbortController();
    const boxes = [box("vagrant-one"), box("vagrant-two")];
    const { signal } = cancel;
    const watch: Watcher = ({ is }) => {
      if (is === "up") cancel.abort(new DOMException("", "AbortError"));
    };
    const plan = { boxes, signal, jobs: 1 };
    const { rows, log } = await play("slow", plan, watch);
    assert.deepEqual(rows.map(({ state, why }) => [state, why]), [
      ["lost", "The run was cancelled"],
      ["lost", "The run was cancelled"],
    ]);
    assert.ok(log.includes("destroy --force vagrant-one"));
    assert.ok(!log.includes("up vagrant-two --provider libvirt"));
  });

  it("takes up none when the run is cancelled before", async () => {
    const cancel = new AbortController();
    const packing: Errand = {
      ...errand,
      program: () => {
        cancel.abort(new DOMException("", "AbortError"));
        return errand.program(box("any"));
      },
    };
    const boxes = [box("vagrant-one"), box("vagrant-two")];
    const { signal } = cancel;
    const { rows, log } = await play("good", {
      ...{ boxes, signal, errand: packing },
    });
    assert.deepEqual(rows.map(({ why }) => why), [
      "The run was cancelled",
      "The run was cancelled",
    ]);
    assert.ok(!log.some((line) => line.startsWith("up")));
  });

  it("takes up several machines, the first one alone", async () => {
    const boxes = ["a", "b", "c"].map((name) => box(`vagrant-${name}`));
    const { rows, log } = await play("good", { boxes, cpus: 1 });
    assert.deepEqual(rows.map(({ id, state }) => [id, state]), [
      ["vagrant-a", "ran"],
      ["vagrant-b", "ran"],
      ["vagrant-c", "ran"],
    ]);
    const [first = "", ...others] = log.filter((line) => /^up/.test(line));
    const name = first.split(" ")[1];
    assert.ok(
      others.every((up) => log.indexOf(`ssh ${name}`) < log.indexOf(up)),
      log.join("; "),
    );
  });

  /** A note of a run, as it lies beside what Vagrant knows. */
  async function note(of: Record<string, unknown>): Promise<void> {
    await Deno.mkdir(`${folder}/dot/ringside`, { recursive: true });
    const path = `${folder}/dot/ringside/vagrant-one.json`;
    await Deno.writeTextFile(path, JSON.stringify(of));
  }
});
