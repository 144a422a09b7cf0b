/**
 * Kernels that are kept and removed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { readCommand } from "../../kernels/command.ts";
import type { Lock } from "../../kernels/kernel.ts";
import { readLast } from "../../kernels/last_time.ts";
import { addOwn, ownKernels } from "../../kernels/own.ts";
import { selectKernels } from "../../kernels/select.ts";
import { prune } from "../../kernels/upkeep.ts";
import { bzImage, deb, digest } from "./kernels_archive.ts";
import { config } from "./kernels_config.ts";
import { Lab, row } from "./kernels_lab.ts";

/** Makes a file or folder, and what is in it, two days older. */
function age(path: string): void {
  if (Deno.statSync(path).isDirectory) {
    for (const { name } of Deno.readDirSync(path)) age(`${path}/${name}`);
  }
  const then = new Date(Date.now() - 48 * 3600 * 1000);
  Deno.utimeSync(path, then, then);
}

describe("prune", () => {
  it("removes what no row had last and no lock names, and nothing of the last hour", async () => {
    await using lab = await Lab.open(undefined);
    const { path: newest } = await lab.have();
    const own = `${lab.cache}/own.deb`;
    const bytes = await deb({ "./boot/vmlinuz-x": bzImage("5.4.1") });
    await Deno.writeFile(own, bytes);
    const { path: other } = await lab.have(
      {},
      selectKernels([`x=${own}`], [])[0],
    );
    const kernels = `${lab.cache}/kernels`;
    await Deno.writeTextFile(`${kernels}/parts/left`, "half");
    await Deno.writeTextFile(`${kernels}/rows/gone.json`, "{}");
    for (const name of ["part-before", ".part-killed"]) {
      await Deno.mkdir(`${kernels}/${name}`);
      await Deno.writeTextFile(`${kernels}/${name}/lock`, "");
    }
    const removed = async (lock: Lock = {}): Promise<string[]> =>
      (await Array.fromAsync(prune(lab.cache, [row()], lock)))
        .map(({ path }) => path.slice(kernels.length + 1));
    assert.deepEqual(await removed(), []);
    age(kernels);
    const sha256 = other.split("/").at(-2) ?? "";
    const { pin } = await readLast(row(), lab.cache);
    assert.ok(pin);
    assert.deepEqual(await removed({ x: { ...pin, sha256 } }), [
      ...[".part-killed", "part-before", "rows/gone.json"],
      "parts/left",
    ]);
    assert.deepEqual(await removed(), [sha256]);
    assert.ok(await Deno.stat(newest));
    assert.equal((await lab.have({ offline: true })).path, newest);
  });
});

describe("addOwn", () => {
  it("keeps the image and its configuration as a row, once", async () => {
    await using lab = await Lab.open(undefined);
    const path = `${lab.cache}/x.deb`;
    const settings = new TextEncoder().encode(config());
    const bytes = await deb({
      "./boot/config-5.4.1": settings,
      "./boot/vmlinuz-5.4.1": bzImage("5.4.1"),
    });
    await Deno.writeFile(path, bytes);
    const image = await lab.have({}, selectKernels([`mine=${path}`], [])[0]);
    const folder = `${lab.cache}/own`;
    assert.equal((await addOwn(image, folder)).id, "own-mine");
    assert.equal(await Deno.readTextFile(`${folder}/mine/config`), config());
    const [again] = selectKernels([`own-mine=${path}`], []);
    await assert.rejects(
      addOwn(await lab.have({}, again), folder),
      /^UsageError: There is a kernel own-mine: /,
    );
    assert.equal(
      await Deno.readTextFile(`${folder}/mine/vmlinuz.sha256`),
      `${digest(bzImage("5.4.1"))}  vmlinuz\n`,
    );
    const [kernel, ...others] = await ownKernels(folder);
    assert.deepEqual(others, []);
    assert.equal((await lab.have({}, kernel)).release, "5.4.1");
    await assert.rejects(addOwn(image, folder), {
      name: "UsageError",
      message: /^There is a kernel own-mine: remove .*own\/mine first$/,
    });
    assert.deepEqual([...Deno.readDirSync(folder)].map((e) => e.name), [
      "mine",
    ]);
  });
});

describe("the command line of kernels", () => {
  it("is read, or refused with what would be right", () => {
    assert.deepEqual(readCommand(["fetch", "5.10", "--lock", "--offline"]), {
      verb: "fetch",
      patterns: ["5.10"],
      mirrors: {},
      offline: true,
      lock: true,
      help: false,
    });
    assert.equal(readCommand([]).verb, "list");
    const refused: [string[], RegExp][] = [
      [["fetsh"], /^Unknown command "fetsh"; did you mean fetch/],
      [["zzzzzz"], /; there are list, fetch, verify, prune, add, box$/],
      [["--ofline"], /^Unknown option "--ofline"; did you mean --offline/],
      [["list", "--lock"], /^Unexpected option --lock: it is for fetch$/],
      [["prune", "x"], /^prune takes no kernel: it looks at every image$/],
    ];
    for (const [argv, message] of refused) {
      assert.throws(() => readCommand(argv), { name: "UsageError", message });
    }
  });
});
