/**
 * Rows that cannot be had: each refusal says why, and leaves nothing behind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { archiveSupplier } from "../../kernels/archive_source.ts";
import type { ProvisionOptions } from "../../kernels/kernel.ts";
import { bzImage, deb, Key } from "./kernels_archive.ts";
import { entry, Lab, row, silence, suite } from "./kernels_lab.ts";

describe("a refusal", () => {
  let key: Key;

  before(async () => {
    key = await Key.make();
  });

  after(async () => {
    await key[Symbol.asyncDispose]();
  });

  it("refuses a package that is not the one of the index", async () => {
    await using lab = await Lab.open(key);
    const bytes = lab.archive.files.get(lab.newest)?.slice() ??
      new Uint8Array();
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    lab.archive.files.set(lab.newest, bytes);
    assert.match(
      await lab.refusal(),
      /^Cannot trust .*\.deb: its checksum is [0-9a-f]{64}, and the index says [0-9a-f]{64}; /,
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

  it("refuses an archive that loses its list of packages", async () => {
    await using lab = await Lab.open(key);
    const path = `dists/${suite}/main/binary-amd64/Packages.xz`;
    lab.archive.files.delete(path);
    assert.match(await lab.refusal(), /\/Packages.xz answered 404 Not Found/);
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
      await stranger.sign("Codename: trixie\n"),
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
      /^127.0.0.1:9 cannot be reached: [^;]+; mend or leave out --mirror debian=http:\/\/127.0.0.1:9, or give an own image as LABEL=PATH$/,
    );
    const { source } = row();
    assert.ok(source.kind === "apt");
    const site = "security" as const;
    const security = { site, suite: "trixie-security" };
    const both = [...source.archives, security];
    const wayOut = (options: Partial<ProvisionOptions>): string => {
      const from = { ...source, archives: both };
      return archiveSupplier.wayOut(row(), from, { cache: "", ...options });
    };
    const own = "or give an own image as LABEL=PATH";
    assert.equal(
      wayOut({}),
      `name a mirror with --mirror debian=URL or --mirror security=URL, ${own}`,
    );
    assert.equal(
      wayOut({ mirrors: { security: "http://x", alma: "http://y" } }),
      `mend or leave out --mirror security=http://x, name a mirror with --mirror debian=URL, ${own}`,
    );
    const pinned = { name: "", version: "", filename: "", size: 1, sha256: "" };
    const lock = { "debian-6.12": { ...pinned, archive: security } };
    assert.equal(
      wayOut({ lock }),
      `name a mirror with --mirror security=URL, ${own}`,
    );
  });

  it("names the suites that were not looked at where the others have nothing", async () => {
    await using lab = await Lab.open(key);
    await lab.archive.publish(suite, []);
    assert.match(
      await lab.refusal({}, row("nosuch", suite)),
      /^No package of nosuch, trixie is called linux-image-6[^;]+; nosuch not looked at: http.*\/nosuch\/InRelease answered 404 Not Found; mend/,
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
      /^Cannot unpack the kernel's package: It is neither a deb nor an rpm/,
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

  it("says where the cache is when it cannot be written", async () => {
    await using lab = await Lab.open(key);
    const cache = `${lab.cache}/file`;
    await Deno.writeTextFile(cache, "");
    assert.match(
      await lab.refusal({ cache }),
      /^Cannot read .*\/file\/.*: Not a directory; .* name another cache in XDG_CACHE_HOME$/,
    );
    await Deno.remove(cache);
    await Deno.mkdir(`${cache}/kernels`, { recursive: true });
    await Deno.writeTextFile(`${cache}/kernels/parts`, "");
    assert.match(
      await lab.refusal({ cache }),
      /^Cannot have debian-6.12: .*; the cache is .*\/file/,
    );
  });
});
