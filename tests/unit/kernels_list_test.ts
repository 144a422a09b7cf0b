/**
 * The lists of both commands, in a folder with a kernels.lock and without one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { cacheFolder } from "../../kernels/folders.ts";
import type { Kernel, Pin } from "../../kernels/kernel.ts";
import { writeLast } from "../../kernels/last_time.ts";
import { kernels } from "../../kernels/list.ts";
import { lockPath, writeLock } from "../../kernels/lock.ts";
import { imagesOf } from "../../kernels/package_source.ts";
import { importArguments } from "../imports.ts";
import { bzImage } from "./kernels_archive.ts";

/** A row's pin of a version whose image is put into the cache. */
async function put(
  cache: string,
  { source }: Kernel,
  version: string,
): Promise<Pin> {
  assert.ok(source.kind === "apt");
  const [archive] = source.archives;
  assert.ok(archive);
  const name = `linux-image-${version}-amd64`;
  const sha256 = version.replaceAll(/\D/g, "").padStart(64, "0");
  const folder = `${cache}/${version}`;
  await Deno.mkdir(folder);
  await Deno.writeFile(`${folder}/vmlinuz`, bzImage(`${version}-amd64`));
  const filename = `pool/${name}_${version}_amd64.deb`;
  await imagesOf(cache).put(sha256, folder, {
    ...{ package: name, version, release: `${version}-amd64` },
    ...{ arch: "x86_64", from: "http://a.example/x" },
  });
  return { name, version, filename, size: 1, sha256, archive };
}

/** What a command says of `debian-6.12` and `debian-6.1`, run where `folder` is. */
async function listed(folder: string, ...command: string[]): Promise<string[]> {
  const [program = "", ...args] = command;
  const path = fileURLToPath(new URL(`../../${program}`, import.meta.url));
  const run = ["run", "-A", "--no-check", "--quiet", ...importArguments()];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...run, path, ...args],
    env: {
      XDG_CACHE_HOME: `${folder}/cache`,
      XDG_DATA_HOME: `${folder}/data`,
      // Deno keeps packages where the user's caches are, if nobody says otherwise.
      DENO_DIR: Deno.env.get("DENO_DIR") ??
        join(dirname(cacheFolder()), "deno"),
      INIT_CWD: folder,
      NO_COLOR: "1",
    },
  }).output();
  const text = new TextDecoder();
  assert.equal(text.decode(stderr), "");
  return text.decode(stdout).split("\n")
    .filter((line) => /^ *debian-6\.12? /.test(line))
    .map((line) => /not \w+|\d[^ ]*-amd64/.exec(line)?.[0] ?? line);
}

describe("a list of rows", () => {
  const commands = [
    { command: ["kernels/main.ts", "list"], none: "not had" },
    { command: ["tests/main.ts", "--list"], none: "not cached" },
  ];
  for (const { command, none } of commands) {
    it(`of ${command.join(" ")} has what a run by kernels.lock would take`, async () => {
      const folder = await Deno.makeTempDir({ prefix: "list-" });
      try {
        const cache = `${folder}/cache/ringside`;
        await Deno.mkdir(cache, { recursive: true });
        const [old, row] = ["debian-6.1", "debian-6.12"].map((id) =>
          kernels.find((kernel) => kernel.id === id)
        );
        assert.ok(old && row);
        const resolved = new Date().toISOString();
        const pins = {
          unpinned: await put(cache, old, "6.1.0-9"),
          last: await put(cache, row, "6.12.11+deb13"),
          pinned: await put(cache, row, "6.12.10+deb13"),
        };
        await writeLast(old, cache, { pin: pins.unpinned, resolved });
        await writeLast(row, cache, { pin: pins.last, resolved });
        assert.deepEqual(await listed(folder, ...command), [
          ...["6.1.0-9-amd64", "6.12.11+deb13-amd64"],
        ]);
        await writeLock({ [row.id]: pins.pinned }, `${folder}/${lockPath}`);
        assert.deepEqual(await listed(folder, ...command), [
          ...[none, "6.12.10+deb13-amd64"],
        ]);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
});
