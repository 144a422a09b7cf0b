/**
 * Kernels that are pinned by kernels.lock.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { indexFormats } from "../../kernels/archive_index.ts";
import type { Lock, Pin } from "../../kernels/kernel.ts";
import { readLast } from "../../kernels/last_time.ts";
import { readLock, writeLock } from "../../kernels/lock.ts";
import { selectKernels } from "../../kernels/select.ts";
import { bzImage, digest, Key } from "./kernels_archive.ts";
import { entry, Lab, row, suite } from "./kernels_lab.ts";

const anew =
  "put the file back as it was, or pin what there is now: deno task kernels fetch --lock debian-6.12";

describe("kernels.lock", () => {
  let key: Key;

  before(async () => {
    key = await Key.make();
  });

  after(async () => {
    await key[Symbol.asyncDispose]();
  });

  /** A lab that had its newest kernel, and the lock of it. */
  async function locked(): Promise<{ lab: Lab; lock: Lock }> {
    const lab = await Lab.open(key);
    await lab.have();
    const { pin } = await readLast(row(), lab.cache);
    assert.ok(pin);
    const path = `${lab.cache}/kernels.lock`;
    await writeLock({ "debian-6.12": pin }, path);
    return { lab, lock: await readLock(path) ?? {} };
  }

  it("gives the same kernel when the archive has a newer one, and asks no index", async () => {
    const { lab, lock } = await locked();
    await using _lab = lab;
    await lab.archive.publish(suite, [await entry("6.12.11")]);
    await Deno.remove(`${lab.cache}/kernels`, { recursive: true });
    lab.archive.requests.length = 0;
    assert.equal((await lab.have({ lock })).release, "6.12.10-amd64");
    assert.deepEqual(lab.archive.requests, [lab.newest]);
    assert.equal(
      (await lab.have({ lock, offline: true })).release,
      "6.12.10-amd64",
    );
  });

  it("names no host", async () => {
    const { lab } = await locked();
    await using _lab = lab;
    const text = await Deno.readTextFile(`${lab.cache}/kernels.lock`);
    assert.match(text, /"site": "debian",\n +"suite": "trixie"/);
    assert.doesNotMatch(text, /127\.0\.0\.1|http/);
  });

  it("is refused where the archive has something else, or nothing any more", async () => {
    const { lab, lock } = await locked();
    await using _lab = lab;
    await Deno.remove(`${lab.cache}/kernels`, { recursive: true });
    const bytes = lab.archive.files.get(lab.newest)?.slice();
    assert.ok(bytes);
    const wanted = digest(bytes);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    lab.archive.files.set(lab.newest, bytes);
    const url = `${lab.archive.url}/${lab.newest}`;
    assert.equal(
      await lab.refusal({ lock }),
      `Cannot take debian-6.12 as kernels.lock says: Cannot trust ${url}: its checksum is ${
        digest(bytes)
      }, and kernels.lock says ${wanted}; ${anew}`,
    );
    lab.archive.files.set(lab.newest, bytes.slice(0, 300));
    assert.match(
      await lab.refusal({ lock }),
      /^Cannot take debian-6.12 as kernels.lock says: .* is cut short: 300 of \d+ bytes; put/,
    );
    lab.archive.files.delete(lab.newest);
    assert.match(
      await lab.refusal({ lock }),
      /answered 404 Not Found: the archive no longer has what kernels.lock names; name a mirror that has it with --mirror debian=URL, or pin .* --lock debian-6.12$/,
    );
  });

  it("lets no row be had that is not in it, though it is in the cache", async () => {
    await using lab = await Lab.open(key);
    const why =
      "It is not in kernels.lock; deno task kernels fetch --lock ROW pins it";
    assert.equal(await lab.refusal({ lock: {} }), why);
    assert.equal(await lab.refusal({ lock: {}, offline: true }), why);
    assert.deepEqual(lab.archive.requests, []);
    await lab.have();
    await assert.rejects(lab.have({ lock: {} }), { message: why });
  });

  it("leaves alone what the user gives", async () => {
    await using lab = await Lab.open(key);
    const image = bzImage("5.4.1");
    await Deno.writeFile(`${lab.cache}/image`, image);
    lab.archive.files.set("image", image);
    const at = `${lab.archive.url}/image#sha256=${digest(image)}`;
    for (const source of [`${lab.cache}/image`, at]) {
      const [given] = selectKernels([`debian-6.12=${source}`], []);
      assert.equal((await lab.have({ lock: {} }, given)).release, "5.4.1");
    }
  });

  it("is refused where its checksum is of another package than it names", async () => {
    const { lab, lock } = await locked();
    await using _lab = lab;
    const [pin] = Object.values(lock);
    assert.ok(pin);
    const { name, sha256 } = pin;
    const filename = "pool/linux-image-6.12.9-amd64_6.12.9_amd64.deb";
    const changed: [Partial<Pin>, string][] = [
      [
        { name: "linux-image-6.1.2-amd64" },
        "linux-image-6.1.2-amd64 is no package of this row",
      ],
      [
        { version: "6.12.9" },
        `${lab.newest} is not the file of ${name} 6.12.9`,
      ],
      [
        { name: "linux-image-6.12.9-amd64" },
        `${lab.newest} is not the file of linux-image-6.12.9-amd64 6.12.10`,
      ],
      [
        { name: "linux-image-6.12.9-amd64", version: "6.12.9", filename },
        `it names linux-image-6.12.9-amd64 6.12.9, and the package of its checksum ${sha256} is ${name} 6.12.10`,
      ],
    ];
    for (const [other, why] of changed) {
      const changed = { "debian-6.12": { ...pin, ...other } };
      await assert.rejects(lab.have({ lock: changed }), {
        name: "Unavailable",
        message:
          `Cannot take debian-6.12 as kernels.lock says: ${why}; ${anew}`,
      });
    }
  });

  it("takes files that are called as distributions call them", () => {
    const called = [
      ["apt", "a_5.1-1~b+c_amd64.deb", "a", "5.1-1~b+c"],
      ["apt", "a_5.1-1_amd64.deb", "a", "2:5.1-1"],
      [
        "rpm",
        "k/a-5.1-3.el8_10.x86_64.rpm",
        "a-5.1-3.el8_10.x86_64",
        "0:5.1-3.el8_10",
      ],
    ] as const;
    for (const [kind, filename, name, version] of called) {
      const one = { name, version, filename, size: 1, sha256: "" };
      const { isFileOf } = indexFormats[kind];
      assert.ok(isFileOf(one), filename);
      assert.ok(!isFileOf({ ...one, version: "5.2" }), filename);
      assert.ok(!isFileOf({ ...one, name: "b" }), filename);
    }
  });

  it("is none where there is none, and bad usage where it is broken", async () => {
    const { lab } = await locked();
    await using _lab = lab;
    const path = `${lab.cache}/kernels.lock`;
    assert.equal(await readLock(`${path}.no`), undefined);
    const good = await Deno.readTextFile(path);
    const broken = [
      "{",
      "[]",
      good.replace("ringside-kernels/1", "x"),
      good.replace('"debian"', '"nosuch"'),
      good.replace("pool/", "../pool/"),
      good.replace(/"sha256": "./, '"sha256": "'),
    ];
    for (const text of broken) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readLock(path), {
        name: "UsageError",
        message: /write it again with deno task kernels fetch --lock$/,
      });
    }
  });

  it("is written for some rows without forgetting the others", async () => {
    const { lab, lock } = await locked();
    await using _lab = lab;
    const path = `${lab.cache}/kernels.lock`;
    const [pin] = Object.values(lock);
    assert.ok(pin);
    await writeLock({ "a": pin }, path);
    assert.deepEqual(Object.keys(await readLock(path) ?? {}), [
      "a",
      "debian-6.12",
    ]);
  });
});
