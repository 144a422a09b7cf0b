/**
 * The command that builds a box, up to what takes a real archive: `deno task test:vagrant` does
 * the whole.
 *
 * @module
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { Unavailable } from "../../kernels/kernel.ts";
import { ownBoxes } from "../../kernels/vagrant/boxes.ts";
import { boxHelp } from "../../kernels/box.ts";
import { boxDriver } from "../box_driver.ts";
import { debianSite, type Mirrors } from "../../kernels/sites.ts";
import { buildBox } from "../../kernels/vagrant/build_box.ts";

const tools = [
  ...["debootstrap", "mke2fs", "grub-mkimage", "qemu-img", "vagrant"],
];
let folder = "";
let before: Record<string, string | undefined> = {};

/** Writes a program that does this in place of each tool. */
async function standIns(names: readonly string[], does: string): Promise<void> {
  for (const name of names) {
    const text = `#!/bin/sh\n${does}\n`;
    await Deno.writeTextFile(`${folder}/bin/${name}`, text, { mode: 0o755 });
  }
}

/** Why the box of a suite cannot be built. */
async function refusal(
  suite = "bookworm",
  mirrors: Mirrors = { debian: "http://127.0.0.1:9" },
): Promise<string> {
  const error: unknown = await buildBox({ suite, mirrors })
    .then(() => assert.fail("It was built"), (error) => error);
  assert.ok(error instanceof Unavailable);
  return error.message;
}

describe("the building of a box", () => {
  beforeEach(async () => {
    folder = await Deno.makeTempDir({ prefix: "vagrant-box-" });
    await Deno.mkdir(`${folder}/bin`);
    const names = ["PATH", "XDG_DATA_HOME"];
    before = Object.fromEntries(
      names.map((name) => [name, Deno.env.get(name)]),
    );
    Deno.env.set("PATH", `${folder}/bin:${before.PATH}`);
    Deno.env.set("XDG_DATA_HOME", folder);
  });

  afterEach(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    await Deno.remove(folder, { recursive: true });
  });

  it("has a help of its own, in 100 columns", () => {
    assert.match(boxHelp, /^Usage: deno task kernels box .*SUITE/);
    assert.ok(boxHelp.split("\n").every((line) => line.length <= 100));
  });

  it("is named where the row of one that is not built is asked for", async () => {
    await assert.rejects(
      boxDriver.select(["own-bullseye"]),
      /^UsageError: The box own-bullseye is not built .*`deno task kernels box bullseye` builds it, as root/,
    );
    await assert.rejects(
      boxDriver.select(["vagrant-bookworm", "debian-6.1"]),
      /^UsageError: "debian-6\.1" is no box: it is a row of --driver qemu/,
    );
    await assert.rejects(
      boxDriver.select(["vagrant-bokworm"]),
      /^UsageError: Unknown kernel .* did you mean vagrant-bookworm/,
    );
  });

  it("says what it lacks: first root, then each tool with its package", async () => {
    Deno.env.set("PATH", `${folder}/bin`);
    await standIns(tools.slice(1), "exit 0");
    assert.equal(
      await refusal(),
      Deno.uid() === 0
        ? "The box cannot be built: debootstrap is not installed (on Debian: apt-get install debootstrap)"
        : "The box cannot be built: debootstrap needs root (run it as root, with your XDG_DATA_HOME: see docs/vagrant.md)",
    );
  });

  it("is made as sid is, also of a suite that debootstrap has no name for", async () => {
    await standIns(tools, 'echo "E: $*" >&2; exit 1');
    const said = await refusal("forky", { debian: "http://127.0.0.1:9" });
    const isRoot = Deno.uid() === 0;
    assert.match(said, isRoot ? / forky \S+ \S+:9\/ sid$/ : /needs root/);
  });

  it("is of the archive of the past where only that has the suite", async () => {
    await standIns(tools, 'echo "E: $*" >&2; exit 1');
    const isRoot = Deno.uid() === 0;
    // Behind the archive stands the name of what debootstrap does.
    const asked = async (mirrors: Mirrors): Promise<string> =>
      (await refusal("buster", mirrors)).split(" ").at(isRoot ? -2 : -1) ?? "";
    const own = isRoot
      ? "https://archive.debian.org/debian/"
      : "docs/vagrant.md)";
    assert.equal(await asked({}), own);
    const given = isRoot ? "http://127.0.0.1:9/" : "docs/vagrant.md)";
    assert.equal(await asked({ debian: "http://127.0.0.1:9" }), given);
    assert.equal(debianSite("bullseye", {}), "debian");
  });

  it("says which step failed, with its last words; the box of before stays", async () => {
    const place = `${folder}/ringside/boxes/bookworm`;
    await Deno.mkdir(place, { recursive: true });
    const catalogue = {
      name: "ringside/bookworm",
      versions: [{ version: "20260101.1" }],
    };
    await Deno.writeTextFile(
      `${place}/catalogue.json`,
      JSON.stringify(catalogue),
    );
    await standIns(
      tools,
      'echo "I: Retrieving $*" >&2; echo "E: Failed getting release file" >&2; exit 1',
    );
    const why = await refusal();
    assert.match(
      why,
      Deno.uid() === 0
        ? /^The box cannot be built: debootstrap ended with status 1: I: .*--force-check-gpg .* http:\/\/127.*; E: Failed getting release file$/
        : /needs root/,
    );
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(`${folder}/ringside/boxes`)))
        .map(({ name }) => name),
      ["bookworm"],
    );
    await assert.rejects(
      boxDriver.select(["debian-6.1"]),
      /with --driver vagrant there are vagrant-.*, own-bookworm$/,
    );
    assert.deepEqual(await ownBoxes(), [{
      ...{ id: "own-bookworm", label: "Own box bookworm" },
      box: "ringside/bookworm",
      built: {
        catalogue: `${place}/catalogue.json`,
        version: "20260101.1",
      },
    }]);
  });
});
