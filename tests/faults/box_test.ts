/**
 * The building of a box, broken off: with stand-ins for its tools, of which the first never ends.
 * As root.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { importArguments } from "../imports.ts";
import { files, processes } from "./lab_census.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tools = [
  ...["debootstrap", "gpgv", "mke2fs", "grub-mkimage", "qemu-img", "vagrant"],
  // Of the test of Vagrant.
  ...["libvirtd", "virsh", "dnsmasq", "iptables", "ip"],
];

describe("the building of a box", () => {
  let folder = "";

  /** Writes what stands in for each tool. */
  async function standIns(does: string): Promise<void> {
    for (const name of tools) {
      const text = `#!/bin/sh\n${does}\n`;
      await Deno.writeTextFile(`${folder}/bin/${name}`, text, { mode: 0o755 });
    }
  }

  beforeEach(async () => {
    folder = await Deno.makeTempDir({ prefix: "box-" });
    await Deno.mkdir(`${folder}/bin`);
    await standIns("sleep 98764");
  });

  afterEach(() => Deno.remove(folder, { recursive: true }));

  /** A command of the project, with the stand-ins. */
  function start(path: string, ...args: string[]): Deno.ChildProcess {
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...importArguments(), `${root}${path}`, ...args],
      env: {
        PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
        XDG_DATA_HOME: folder,
        RINGSIDE_MARK: folder,
      },
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
  }

  const build = (): Deno.ChildProcess =>
    start("kernels/main.ts", "box", "--mirror", "debian=http://127.0.0.1:9");

  const parts = async (): Promise<string[]> =>
    (await Array.fromAsync(Deno.readDir(`${folder}/ringside/boxes`)))
      .map(({ name }) => name);

  const running = (): string[] => processes("sleep\x0098764");

  for (
    const [signal, status] of [
      ...[["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const,
    ]
  ) {
    it(`leaves neither a process nor a part, at ${signal}`, async () => {
      const child = build();
      await until(() => running().length === 1);
      child.kill(signal);
      assert.equal((await child.status).code, status);
      await until(() => processes(folder).length === 0);
      assert.deepEqual(await parts(), []);
    });
  }

  it("is ended when it is killed, and the next one removes its part", async () => {
    const child = build();
    await until(() => running().length === 1);
    child.kill("SIGKILL");
    await child.status;
    await until(() => processes(folder).length === 0);
    const [part] = await parts();
    assert.match(part ?? "", /^\.part-/);
    await Deno.utime(`${folder}/ringside/boxes/${part}`, 1, 1);
    await standIns("exit 1");
    assert.equal((await build().status).code, 69);
    assert.deepEqual(await parts(), []);
  });

  it("leaves nothing of the test of Vagrant either", async () => {
    const before = new Set(laboratories());
    const child = start("tests/vagrant/main.ts");
    await until(() => running().length === 1);
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await until(() => processes(folder).length === 0);
    const left = laboratories().filter((name) => !before.has(name));
    assert.deepEqual(left, []);
  });
});

const laboratories = (): string[] => files(`/var/tmp/ringside-${Deno.uid()}`);

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !isSo(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(isSo());
}
