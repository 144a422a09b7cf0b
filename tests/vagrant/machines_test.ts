/**
 * Real machines of Vagrant, by libvirt, of a box that was built: what they prove, and that they
 * are gone, however a run ends. Runs in the laboratory of lab.sh.
 *
 * @module
 */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "@std/testing/bdd";
import { output } from "../../kernels/executable.ts";
import { runVagrant } from "../../kernels/vagrant/vagrant.ts";
import { claims } from "../claims/mod.ts";
import type { Results, Row } from "../results.ts";

const folder = Deno.env.get("LAB") ?? "";
const main = new URL("../main.ts", import.meta.url).pathname;
const program = new URL("program.ts", import.meta.url).pathname;
const offline = import.meta.resolve("@std/testing/bdd") === "node:test"
  ? [
    `--import-map=${
      new URL("../../deno.offline.json", import.meta.url).pathname
    }`,
  ]
  : [];
const report = `${folder}/report.json`;

/** A run of the command; what it says while it runs can be waited for. */
class Run {
  readonly #child: Deno.ChildProcess;
  readonly #heard: Promise<void>;
  #text = "";
  #wake: () => void = () => {};

  constructor(...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", ...offline, main, "--driver", "vagrant"],
        ...["--kernel", "own-bookworm", "--accel", "tcg", "--offline"],
        ...["--report", `json=${report}`, ...args],
      ],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#heard = Promise.all([
      this.#listen(this.#child.stdout),
      this.#listen(this.#child.stderr),
    ]).then(() => this.#wake());
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#wake();
    }
  }

  /** Until it says this. */
  async says(pattern: RegExp): Promise<void> {
    let ended = false;
    this.#heard.then(() => ended = true);
    while (!pattern.test(this.#text)) {
      assert.ok(!ended, `It ended without ${pattern}:\n${this.#text}`);
      await new Promise<void>((wake) => this.#wake = wake);
    }
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Its status, at its end. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#heard;
    return code;
  }

  get text(): string {
    return this.#text;
  }
}

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
    const run = new Run("--", program, "1");
    while (await virsh("list", "--name") === "") {
      await new Promise((wake) => setTimeout(wake, 500));
    }
    run.kill("SIGINT");
    assert.equal(await run.ended(), 130, run.text);
    assert.deepEqual(
      [(await lastRow()).state, (await lastRow()).why],
      ["lost", "The run was cancelled"],
    );
  });

  it("finds what a killed run left; says that a machine was halted under its program", async () => {
    const killed = new Run("--", program, "3600");
    await killed.says(/I run/);
    killed.kill("SIGKILL");
    await killed.ended();
    assert.notEqual(await virsh("list", "--name"), "", "its machine runs on");

    const run = new Run("--", program, "3600");
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
    const run = new Run();
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
