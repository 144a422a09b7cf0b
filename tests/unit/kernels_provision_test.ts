/**
 * Rows are had from an archive or from the cache.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import type { Kernel } from "../../kernels/kernel.ts";
import { readLast } from "../../kernels/last_time.ts";
import { cached, held } from "../../kernels/provision.ts";
import { prune } from "../../kernels/upkeep.ts";
import { openWorkshop } from "../../kernels/workshop.ts";
import { bzImage, deb, digest, Key } from "./kernels_archive.ts";
import {
  breakReading,
  entry,
  Lab,
  row,
  silence,
  suite,
} from "./kernels_lab.ts";

describe("provision", () => {
  let key: Key;

  before(async () => {
    key = await Key.make();
  });

  after(async () => {
    await key[Symbol.asyncDispose]();
  });

  it("takes the newest package of the suite and unpacks its image", async () => {
    await using lab = await Lab.open(key);
    const image = await lab.have();
    assert.equal(image.release, "6.12.10-amd64");
    assert.equal(image.from, `${lab.archive.url}/${lab.newest}`);
    assert.deepEqual(await Deno.readFile(image.path), bzImage("6.12.10-amd64"));
    assert.equal(image.sha256, digest(bzImage("6.12.10-amd64")));
    assert.equal(lab.images().length, 1);
  });

  for (const ending of ["zst", "gz", ""]) {
    it(`unpacks a package whose data end in "${ending}"`, async () => {
      await using lab = await Lab.open(key);
      await lab.archive.publish(suite, [await entry("6.12.10", ending)]);
      assert.equal((await lab.have()).release, "6.12.10-amd64");
    });
  }

  it("finds the image beside the modules, where Linux 7 has it", async () => {
    await using lab = await Lab.open(key);
    const files = {
      "./usr/lib/modules/6.12.8-amd64/vmlinuz": bzImage("6.12.8-amd64"),
    };
    const name = "linux-image-6.12.8-amd64";
    await lab.archive.publish(suite, [{
      name,
      version: "1",
      deb: await deb(files),
    }]);
    assert.equal((await lab.have()).release, "6.12.8-amd64");
  });

  it("asks nobody a second time", async () => {
    await using lab = await Lab.open(key);
    const image = await lab.have();
    const before = lab.archive.requests.length;
    assert.deepEqual((await lab.have()).path, image.path);
    assert.deepEqual((await lab.have({ offline: true })).path, image.path);
    assert.deepEqual((await cached(row(), lab.options))?.path, image.path);
    assert.equal(lab.archive.requests.length, before);
  });

  it("downloads once for two rows of one package", async () => {
    await using lab = await Lab.open(key);
    const masked = { ...row(), id: "masked-6.12" };
    const images = await Promise.all([lab.have(), lab.have({}, masked)]);
    assert.deepEqual(images.map(({ kernel }) => kernel.id), [
      "debian-6.12",
      "masked-6.12",
    ]);
    assert.equal(lab.asked("InRelease"), 1);
    assert.equal(lab.asked("Packages.xz"), 1);
    assert.equal(lab.asked(".deb"), 1);
  });

  it("warns each time of an index whose signature was not checked, and asks again", async () => {
    await using lab = await Lab.open(key);
    const unchecked =
      /^warning: signature of .* not checked: Debian's keys .* are not here$/;
    const noKeys = { keyrings: [] };
    await lab.have(noKeys);
    assert.match(lab.told.at(-1) ?? "", unchecked);
    await lab.have({ ...noKeys, offline: true });
    assert.match(lab.told.at(-1) ?? "", unchecked);
    const asked = lab.asked("InRelease");
    const told = lab.told.length;
    await lab.have();
    assert.equal(lab.asked("InRelease"), asked + 1);
    assert.deepEqual(
      lab.told.slice(told).filter((text) => text.startsWith("warning")),
      [],
    );
  });

  it("goes on without an archive that fails while another works, and says so", async () => {
    await using lab = await Lab.open(key);
    await lab.have({}, row("nosuch", suite));
    assert.match(
      lab.told.join("\n"),
      /^warning: nosuch not looked at: .*nosuch\/InRelease answered 404 Not Found$/m,
    );
  });

  it("asks an archive that did not answer at each run, and no other, until it answers", async () => {
    await using lab = await Lab.open(key);
    const both = row("late", suite);
    lab.archive.answer = (path) =>
      path.includes("/late/") ? new Response(null, { status: 503 }) : undefined;
    const late = /^warning: late not looked at: .*InRelease answered 503 /;
    for (let run = 1; run <= 3; run++) {
      assert.equal((await lab.have({}, both)).release, "6.12.10-amd64");
      assert.equal(lab.told.filter((text) => late.test(text)).length, run);
      assert.equal(lab.asked("late/InRelease"), run);
    }
    assert.equal(lab.asked(`${suite}/InRelease`), 1);
    assert.equal(lab.asked(".deb"), 1);
    lab.archive.answer = () => undefined;
    await lab.archive.publish("late", [await entry("6.12.11")]);
    assert.equal((await lab.have({}, both)).release, "6.12.11-amd64");
    const { length } = lab.archive.requests;
    assert.equal((await lab.have({}, both)).release, "6.12.11-amd64");
    assert.equal(lab.archive.requests.length, length);
  });

  it("takes it for an answer that a mirror has no such suite, until another is named", async () => {
    await using lab = await Lab.open(key);
    const both = row("nosuch", suite);
    for (let run = 0; run < 3; run++) await lab.have({}, both);
    assert.equal(lab.asked("nosuch/InRelease"), 1);
    const warnings = lab.told.filter((text) => text.startsWith("warning"));
    assert.equal(warnings.length, 1);
    await lab.archive.publish("nosuch", [await entry("6.12.11")]);
    const { files, url } = lab.archive;
    lab.archive.answer = (path) => {
      const bytes = files.get(path.replace(/^other\//, ""));
      return path.startsWith("other/")
        ? new Response(bytes ?? null)
        : undefined;
    };
    const mirrors = { debian: `${url}/other` };
    assert.equal((await lab.have({ mirrors }, both)).release, "6.12.11-amd64");
  });

  it("takes the cached image when the row is old and nobody answers", async () => {
    await using lab = await Lab.open(key);
    const { path } = await lab.have();
    for (const folder of ["rows", "indexes"]) {
      age(`${lab.cache}/kernels/${folder}`);
    }
    lab.archive.answer = () => new Response(null, { status: 503 });
    assert.equal((await lab.have()).path, path);
    assert.match(
      lab.told.at(-1) ?? "",
      /^warning: .* 503 .*; taking 6.12.10-amd64 from the cache/,
    );
  });

  it("asks for the index again when the mirror has replaced a package since", async () => {
    await using lab = await Lab.open(key);
    await lab.have();
    await Deno.remove(`${lab.cache}/kernels/rows`, { recursive: true });
    await Deno.remove(`${lab.cache}/kernels/${lab.images()[0]}`, {
      recursive: true,
    });
    lab.archive.files.delete(lab.newest);
    await lab.archive.publish(suite, [await entry("6.12.11")]);
    assert.equal((await lab.have()).release, "6.12.11-amd64");
  });

  it("notices a flipped bit in the cache and fetches again", async () => {
    await using lab = await Lab.open(key);
    const { path } = await lab.have();
    const bytes = await Deno.readFile(path);
    bytes[700] = 1;
    await Deno.writeFile(path, bytes);
    assert.equal(await cached(row(), lab.options), undefined);
    assert.equal((await lab.have()).path, path);
    assert.deepEqual(await Deno.readFile(path), bzImage("6.12.10-amd64"));
    assert.equal(lab.asked(".deb"), 2);
  });

  it("says of an image in the cache that it cannot be read, and puts no other in its place", async () => {
    await using lab = await Lab.open(key);
    const { path } = await lab.have();
    await breakReading(path);
    const requests = lab.archive.requests.length;
    const { pin } = await readLast(row(), lab.cache);
    assert.ok(pin);
    const lock = { "debian-6.12": pin };
    for (const more of [{}, { offline: true }, { lock }]) {
      const options = { ...lab.options, ...more };
      await assert.rejects(lab.have(more), {
        name: "Unavailable",
        message:
          `Cannot read ${path}: Input/output error; mend what is said of it, or name another cache in XDG_CACHE_HOME`,
      });
      assert.deepEqual(await held(row(), options), {
        had: "cannot be read: Input/output error",
      });
      const pruned = prune(lab.cache, [row()], options.lock);
      assert.deepEqual(await Array.fromAsync(pruned), []);
    }
    assert.equal(lab.archive.requests.length, requests);
    assert.ok((await Deno.lstat(path)).isSymlink);
  });

  it("says the same of what it remembers of a row", async () => {
    await using lab = await Lab.open(key);
    await lab.have();
    const path = `${lab.cache}/kernels/rows/debian-6.12.json`;
    await breakReading(path);
    await assert.rejects(lab.have(), {
      name: "Unavailable",
      message:
        `Cannot read ${path}: Input/output error; mend what is said of it, or name another cache in XDG_CACHE_HOME`,
    });
    assert.deepEqual(await held(row(), lab.options), {
      had: "cannot be read: Input/output error",
    });
  });

  it("takes broken JSON in the cache for missing", async () => {
    await using lab = await Lab.open(key);
    await lab.have();
    for (const path of jsonFiles(lab.cache)) {
      await Deno.writeTextFile(path, '{"package": "linu');
    }
    assert.equal((await lab.have()).release, "6.12.10-amd64");
    for (const path of jsonFiles(lab.cache)) {
      await Deno.writeTextFile(path, "[null]");
    }
    assert.equal((await lab.have()).release, "6.12.10-amd64");
  });

  it("takes an expired index of a snapshot", async () => {
    await using lab = await Lab.open(key);
    const fields = [
      "Codename: sid",
      "Valid-Until: Sat, 07 Nov 2020 08:08:01 UTC",
    ];
    await lab.archive.publish("sid", [await entry("6.12.7")], fields);
    const at = "20201001T000000Z";
    const { url, files } = lab.archive;
    lab.archive.answer = (path) => {
      const [, rest] = path.split(`snap/debian/${at}/`);
      return rest === undefined
        ? undefined
        : new Response(files.get(rest) ?? null);
    };
    const { source } = row();
    assert.equal(source.kind, "apt");
    const kernel = {
      ...row(),
      source: {
        ...source,
        archives: [{ site: "snapshot" as const, suite: "sid", at }],
      },
    } as Kernel;
    const image = await lab.have(
      { mirrors: { snapshot: `${url}/snap/` } },
      kernel,
    );
    assert.equal(image.release, "6.12.7-amd64");
  });

  it("does not fail with another row that was cancelled", async () => {
    await using lab = await Lab.open(key);
    const controller = new AbortController();
    const asked = Promise.withResolvers<void>();
    lab.archive.answer = (path) => {
      if (!path.endsWith(".deb") || controller.signal.aborted) return undefined;
      asked.resolve();
      return new Response(silence(10));
    };
    const first = lab.have({ signal: controller.signal });
    const cancelled = assert.rejects(first, { name: "AbortError" });
    await asked.promise;
    const second = lab.have({}, { ...row(), id: "masked-6.12" });
    setTimeout(() => controller.abort(), 100);
    await cancelled;
    assert.equal((await second).release, "6.12.10-amd64");
  });

  it("removes what a killed run left, and not what another run works on", async () => {
    await using lab = await Lab.open(key);
    const kernels = `${lab.cache}/kernels`;
    await using other = await openWorkshop(kernels);
    const left = `${kernels}/.part-left`;
    await Deno.mkdir(left);
    await Deno.writeTextFile(`${left}/package.deb`, "half");
    for (const path of [left, other.path]) await Deno.utime(path, 1, 1);
    await lab.have();
    await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
    assert.ok(await Deno.stat(other.path));
  });

  it("ends well also where somebody else removed what it worked in", async () => {
    await using lab = await Lab.open(key);
    const workshop = await openWorkshop(`${lab.cache}/kernels`);
    await Deno.remove(workshop.path, { recursive: true });
    await workshop[Symbol.asyncDispose]();
    assert.deepEqual(lab.images(), []);
  });

  it("touches no network offline", async () => {
    await using lab = await Lab.open(key);
    assert.match(
      await lab.refusal({ offline: true }),
      /not in the cache; run it once without --off/,
    );
    assert.deepEqual(lab.archive.requests, []);
  });

  it("takes a file as it is, and refuses one that is no kernel", async () => {
    await using lab = await Lab.open(key);
    const path = `${lab.cache}/bzImage`;
    const kernel: Kernel = {
      id: "own",
      label: "own",
      source: { kind: "file", path },
      cmdline: [],
    };
    await Deno.writeFile(path, bzImage("6.6.1-own"));
    assert.equal((await lab.have({}, kernel)).release, "6.6.1-own");
    await Deno.writeTextFile(path, "hello");
    assert.equal(
      await lab.refusal({}, kernel),
      `${path} is not a Linux kernel image`,
    );
  });
});

function jsonFiles(cache: string): string[] {
  const below = (folder: string): string[] =>
    [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory
        ? below(`${folder}/${name}`)
        : name.endsWith(".json")
        ? `${folder}/${name}`
        : []
    );
  return below(cache);
}

/** Makes the times in every JSON file of `folder` two days older. */
function age(folder: string): void {
  const old = new Date(Date.now() - 48 * 3600 * 1000).toISOString();
  for (const path of jsonFiles(folder)) {
    const text = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(
      path,
      text.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, `"${old}"`),
    );
  }
}
