/**
 * Rows are had from an archive, from the cache, or not at all, and then it is said why.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { ImageCache } from "../../kernels/image_cache.ts";
import type { Image, Kernel, ProvisionOptions } from "../../kernels/kernel.ts";
import { Unavailable } from "../../kernels/kernel.ts";
import { cached, provision } from "../../kernels/provision.ts";
import {
  Archive,
  bzImage,
  deb,
  digest,
  type Entry,
  Key,
} from "./kernels_archive.ts";

const suite = "trixie";

function row(...suites: string[]): Kernel {
  const archives = (suites.length > 0 ? suites : [suite]).map((suite) => ({
    site: "debian" as const,
    suite,
  }));
  const source = {
    kind: "debian" as const,
    archives,
    image: /^linux-image-6\.12\.\d+-amd64$/,
  };
  return { id: "debian-6.12", label: "Debian 6.12", source, cmdline: [] };
}

async function entry(version: string, ending = "xz"): Promise<Entry> {
  const release = `${version}-amd64`;
  const files = {
    "./boot/config": new Uint8Array(9),
    [`./boot/vmlinuz-${release}`]: bzImage(release),
  };
  return {
    name: `linux-image-${release}`,
    version,
    deb: await deb(files, ending),
  };
}

/** An archive and an empty cache. */
class Lab implements AsyncDisposable {
  readonly told: string[] = [];
  readonly options: ProvisionOptions;

  private constructor(readonly archive: Archive, readonly cache: string) {
    const { key, url } = archive;
    const progress = (text: string): void => void this.told.push(text);
    const warn = (text: string): void => progress(`warning: ${text}`);
    const keyrings = key ? [key.keyring] : [];
    this.options = {
      cache,
      mirrors: { debian: url },
      progress,
      warn,
      keyrings,
    };
  }

  static async open(key: Key | undefined): Promise<Lab> {
    const lab = new Lab(
      new Archive(key),
      await Deno.makeTempDir({ prefix: "cache-" }),
    );
    await lab.archive.publish(suite, [
      await entry("6.12.9"),
      await entry("6.12.10"),
    ]);
    return lab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive[Symbol.asyncDispose]();
    await Deno.remove(this.cache, { recursive: true });
  }

  async have(
    more: Partial<ProvisionOptions> = {},
    kernel = row(),
  ): Promise<Image> {
    return await provision(kernel, { ...this.options, ...more });
  }

  /** Why it cannot be had; nothing half-written may be left. */
  async refusal(
    more: Partial<ProvisionOptions> = {},
    kernel = row(),
  ): Promise<string> {
    const error = await this.have(more, kernel).then(
      () => undefined,
      (error) => error,
    );
    assert.ok(
      error instanceof Unavailable,
      `it was had, or failed otherwise: ${error}`,
    );
    assert.doesNotMatch(error.message, /\n/);
    assert.deepEqual(this.images(), []);
    return error.message;
  }

  /** What the cache holds but indexes and rows. */
  images(): string[] {
    try {
      const names = Array.from(
        Deno.readDirSync(`${this.cache}/kernels`),
        ({ name }) => name,
      );
      return names.filter((name) => !["indexes", "rows"].includes(name));
    } catch {
      return [];
    }
  }

  /** The path of the newest package. */
  get newest(): string {
    return "pool/linux-image-6.12.10-amd64_6.12.10_amd64.deb";
  }

  /** How often a path that ends so was asked for. */
  asked(ending: string): number {
    return this.archive.requests.filter((path) => path.endsWith(ending)).length;
  }
}

describe("provision", () => {
  let key: Key | undefined;

  before(async () => {
    key = await Key.make();
  });

  after(async () => {
    await key?.[Symbol.asyncDispose]();
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
    assert.deepEqual((await cached(row(), lab.cache))?.path, image.path);
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
      /^warning: .*nosuch\/InRelease answered 404 Not Found$/m,
    );
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
    assert.equal(await cached(row(), lab.cache), undefined);
    assert.equal((await lab.have()).path, path);
    assert.deepEqual(await Deno.readFile(path), bzImage("6.12.10-amd64"));
    assert.equal(lab.asked(".deb"), 2);
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

  it("refuses a package that is not the one of the index", async () => {
    await using lab = await Lab.open(key);
    const bytes = lab.archive.files.get(lab.newest)?.slice() ??
      new Uint8Array();
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    lab.archive.files.set(lab.newest, bytes);
    assert.match(
      await lab.refusal(),
      /^Cannot trust .*\.deb: its checksum is not that of the index/,
    );
  });

  it("refuses a package that ends early or goes on too long", async () => {
    await using lab = await Lab.open(key);
    const bytes = lab.archive.files.get(lab.newest) ?? new Uint8Array();
    lab.archive.files.set(lab.newest, bytes.slice(0, 300));
    assert.match(await lab.refusal(), /\.deb is cut short: 300 of \d+ bytes/);
    lab.archive.files.set(lab.newest, new Uint8Array([...bytes, 0]));
    assert.match(
      await lab.refusal(),
      /\.deb is larger than the \d+ bytes expected/,
    );
  });

  it("refuses an index of packages that is not the one that was signed", async () => {
    await using lab = await Lab.open(key);
    const path = `dists/${suite}/main/binary-amd64/Packages.xz`;
    const bytes = lab.archive.files.get(path) ?? new Uint8Array();
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    assert.match(
      await lab.refusal(),
      /Packages.xz of trixie: its checksum is not the one that was/,
    );
  });

  it("refuses an index that has expired", async () => {
    await using lab = await Lab.open(key);
    const fields = [
      `Codename: ${suite}`,
      "Valid-Until: Sat, 07 Nov 2020 08:08:01 UTC",
    ];
    await lab.archive.publish(suite, [await entry("6.12.10")], fields);
    assert.match(
      await lab.refusal(),
      /^The index of trixie expired on 2020-11-07/,
    );
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
    assert.equal(source.kind, "debian");
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

  it("refuses the index of another suite", async () => {
    await using lab = await Lab.open(key);
    await lab.archive.publish(suite, [await entry("6.12.10")], [
      "Suite: oldstable",
      "Codename: x",
    ]);
    assert.match(
      await lab.refusal(),
      /^The index of trixie is one of x, oldstable/,
    );
  });

  it("refuses a bad signature, a stranger's, and none", async () => {
    await using lab = await Lab.open(key);
    if (key === undefined) return; // Without gpg there are no signatures to check.
    const path = `dists/${suite}/InRelease`;
    const text = new TextDecoder().decode(lab.archive.files.get(path));
    lab.archive.files.set(
      path,
      new TextEncoder().encode(text.replace("stable", "stale")),
    );
    assert.match(
      await lab.refusal(),
      /^Cannot trust the index of trixie: its signature is bad/,
    );
    lab.archive.files.set(path, new TextEncoder().encode("Codename: trixie\n"));
    assert.match(
      await lab.refusal(),
      /^Cannot trust the index of trixie: it is not signed/,
    );
    await using stranger = await Key.make();
    lab.archive.files.set(
      path,
      await stranger?.sign("Codename: trixie\n") ?? new Uint8Array(),
    );
    assert.match(
      await lab.refusal(),
      /trixie: it is signed by a key that is not Debian's/,
    );
  });

  it("names the host, the cause and the way out where nobody answers", async () => {
    await using lab = await Lab.open(key);
    const message = await lab.refusal({
      mirrors: { debian: "http://127.0.0.1:9" },
    });
    assert.match(
      message,
      /^127.0.0.1:9 cannot be reached: .+; name a mirror with --mirror debian=URL/,
    );
  });

  it("gives up on an archive that says nothing more", async () => {
    await using lab = await Lab.open(key);
    lab.archive.answer = (path) =>
      path.endsWith(".deb") ? new Response(silence(10)) : undefined;
    assert.match(
      await lab.refusal({ stallMs: 200 }),
      /^127.0.0.1:\d+ sent nothing for 0.2 s/,
    );
  });

  it("ends with the signal's reason and leaves nothing", async () => {
    await using lab = await Lab.open(key);
    const controller = new AbortController();
    lab.archive.answer = (path) => {
      if (!path.endsWith(".deb")) return undefined;
      setTimeout(() => controller.abort(), 50);
      return new Response(silence(10));
    };
    await assert.rejects(lab.have({ signal: controller.signal }), {
      name: "AbortError",
    });
    assert.deepEqual(lab.images(), []);
    await assert.rejects(lab.have({ signal: controller.signal }), {
      name: "AbortError",
    });
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

  it("refuses a package without an image, and an image that is none", async () => {
    await using lab = await Lab.open(key);
    const publish = async (
      files: Record<string, Uint8Array<ArrayBuffer>>,
    ): Promise<void> => {
      const name = "linux-image-6.12.10-amd64";
      const packed = await deb(files);
      await lab.archive.publish(suite, [{ name, version: "1", deb: packed }]);
      await Deno.remove(`${lab.cache}/kernels`, { recursive: true }).catch(
        () => {},
      );
    };
    await publish({
      "./../boot/vmlinuz-x": bzImage("x"),
      "./boot/vmlinuz": bzImage("x"),
    });
    assert.match(
      await lab.refusal(),
      /^Cannot unpack .*: It holds no kernel image/,
    );
    await publish({ "./boot/vmlinuz-x": new Uint8Array(5000) });
    assert.match(
      await lab.refusal(),
      /^The package's image is not a Linux kernel image/,
    );
  });

  it("refuses a package that is no archive or whose data are damaged", async () => {
    await using lab = await Lab.open(key);
    const name = "linux-image-6.12.10-amd64";
    await lab.archive.publish(suite, [{
      name,
      version: "1",
      deb: new Uint8Array(500),
    }]);
    assert.match(
      await lab.refusal(),
      /^Cannot unpack the kernel's package: It is not an ar archive/,
    );
    const good = (await entry("6.12.10")).deb;
    good.fill(0xff, good.length - 60);
    await lab.archive.publish(suite, [{ name, version: "2", deb: good }]);
    assert.match(await lab.refusal(), /^Cannot unpack data.tar.xz: /);
  });

  it("says what it looked for where a suite has no such package", async () => {
    await using lab = await Lab.open(key);
    await lab.archive.publish(suite, []);
    assert.match(
      await lab.refusal(),
      /^No package of trixie is called linux-image-6/,
    );
  });

  it("removes what a killed run left, and not what another run works on", async () => {
    await using lab = await Lab.open(key);
    const images = new ImageCache(`${lab.cache}/kernels`);
    await using other = await images.workshop();
    const left = `${lab.cache}/kernels/part-left`;
    await Deno.mkdir(left);
    await Deno.writeTextFile(`${left}/package.deb`, "half");
    for (const path of [left, other.path]) await Deno.utime(path, 1, 1);
    await lab.have();
    await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
    assert.ok(await Deno.stat(other.path));
  });

  it("says where the cache is when it cannot be written", async () => {
    await using lab = await Lab.open(key);
    const cache = `${lab.cache}/file`;
    await Deno.writeTextFile(cache, "");
    assert.match(
      await lab.refusal({ cache }),
      /^Cannot have debian-6.12: .*; the cache is .*\/file/,
    );
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

/** Sends some bytes, then none, and does not end. */
function silence(bytes: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(bytes)),
  });
}

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
