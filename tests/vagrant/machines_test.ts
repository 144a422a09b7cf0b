/**
 * Real machines of Vagrant, by libvirt, of a box that was built: what they prove, and that they
 * are gone, however a run ends. Runs in the laboratory of lab.sh.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { afterEach, describe, it } from "@std/testing/bdd";
import { output } from "../../kernels/executable.ts";
import { runVagrant } from "../../kernels/vagrant/vagrant.ts";
import { claims } from "../claims/mod.ts";
import { importArguments } from "../imports.ts";
import type { Results, Row } from "../results.ts";
import { Run } from "./run.ts";

const folder = Deno.env.get("LAB") ?? "";
const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const program = fileURLToPath(new URL("program.ts", import.meta.url));
const report = `${folder}/report.json`;

/** A run of the command. */
function start(...args: string[]): Run {
  return new Run([
    ...["run", "-A", ...importArguments(), main, "--driver", "vagrant"],
    ...["--kernel", "own-bookworm", "--accel", "tcg", "--offline"],
    ...["--report", `json=${report}`, ...args],
  ]);
}

/**
 * A run of the program. It has one processor: the QEMU of Debian 12 emulates two in two threads,
 * which kernels/emulator.ts says the danger of, and libvirt has no word for one.
 */
const startProgram = (seconds: number): Run =>
  start("--cpus", "1", "--", program, `${seconds}`);

/** The one row of the last run. */
async function lastRow(): Promise<Row> {
  const { kernels: [row] }: Results = JSON.parse(
    await Deno.readTextFile(report),
  );
  assert.ok(row);
  return row;
}

async function virsh(...args: string[]): Promise<string> {
  const { stdout, stderr } = await output("virsh", ["--quiet", ...args]);
  return `${stdout}${stderr}`.trim();
}

describe("the Vagrantfile", () => {
  it("is understood by Vagrant, for each provider", async () => {
    const checked = await runVagrant(["validate"]);
    assert.ok(checked.success, checked.said);
    // VirtualBox itself cannot be there for all who test.
    const other = await runVagrant(["validate", "--ignore-provider"], {
      environment: { VAGRANT_DEFAULT_PROVIDER: "virtualbox" },
    });
    assert.ok(other.success, other.said);
  });
});

describe("machines of Vagrant, for real", () => {
  afterEach(async () => {
    assert.equal(await virsh("list", "--all", "--name"), "", "no machine");
    const volumes = (await virsh("vol-list", "default")).split("\n");
    assert.ok(
      volumes.every((line) => /box_image|^$/.test(line)),
      `no disk but the box's: ${volumes}`,
    );
    const notes = await Array.fromAsync(
      Deno.readDir(`${folder}/state/ringside`),
    ).catch(() => []);
    assert.deepEqual(notes.map(({ name }) => name), []);
  });

  it("destroys a machine that is just coming up, at Ctrl-C", async () => {
    const run = startProgram(1);
    await run.until(
      "a machine",
      async () => await virsh("list", "--name") !== "",
    );
    run.kill("SIGINT");
    assert.equal(await run.ended(), 130, run.text);
    assert.deepEqual(
      [(await lastRow()).state, (await lastRow()).why],
      ["lost", "The run was cancelled"],
    );
  });

  it("finds what a killed run left; says that a machine was halted under its program", async () => {
    const killed = startProgram(3600);
    await killed.says(/I run/);
    killed.kill("SIGKILL");
    await killed.ended();
    assert.notEqual(await virsh("list", "--name"), "", "its machine runs on");

    const run = startProgram(3600);
    await run.says(/I run/);
    await virsh("destroy", await virsh("list", "--name"));
    assert.equal(await run.ended(), 69, run.text);
    const { state, why, warnings } = await lastRow();
    assert.deepEqual([state, why, warnings], [
      "lost",
      "The connection ended before the program did: the machine is shutoff",
      ["A killed run had left this machine: it was destroyed first"],
    ]);
  });

  it("proves every claim", async () => {
    const run = start();
    const status = await run.ended();
    const row = await lastRow();
    await Deno.stdout.write(new TextEncoder().encode(`\n${run.text}\n`));
    assert.deepEqual([row.state, row.driver, row.accel, row.why], [
      ...["ran", "vagrant", "tcg", undefined],
    ]);
    assert.equal(row.claims.length, claims.length);
    assert.deepEqual(
      row.claims.filter(({ verdict }) => !/holds|absent/.test(verdict))
        .map(({ id, why }) => `${id}: ${why}`),
      [],
    );
    assert.equal(status, 0);
  });
});
