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
import { pinImages } from "../../kernels/pinning.ts";
import { cached } from "../../kernels/provision.ts";
import { selectKernels } from "../../kernels/select.ts";
import { bzImage, digest, Key } from "./kernels_archive.ts";
import { entry, Lab, row, suite } from "./kernels_lab.ts";

const anew =
  "put kernels.lock back as it was, or pin what there is now: deno task kernels fetch --lock debian-6.12";

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

  it("says where it cannot be written", async () => {
    await assert.rejects(writeLock({}, "/proc/kernels.lock"), {
      message: "Cannot write /proc/kernels.lock: No such file or directory; " +
        "give the command in a folder that your user may write to",
    });
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
      }, and kernels.lock says ${wanted}; mend or leave out --mirror debian=${lab.archive.url}, ${anew}`,
    );
    const cut =
      `Cannot take debian-6.12 as kernels.lock says: ${url} is cut short: 300 of ${bytes.length} bytes`;
    lab.archive.files.set(lab.newest, bytes.slice(0, 300));
    assert.equal(
      await lab.refusal({ lock }),
      `${cut}; mend or leave out --mirror debian=${lab.archive.url}, ${anew}`,
    );
    lab.archive.files.delete(lab.newest);
    const gone = "the archive no longer has what kernels.lock names";
    const refusal = await lab.refusal({ lock });
    assert.ok(
      refusal.includes(
        `answered 404 Not Found: ${gone}; mend or leave out --mirror debian=${lab.archive.url}, or pin `,
      ),
      refusal,
    );
    assert.match(refusal, / --lock debian-6\.12$/);
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

  it("tells what is cached as a run takes it: the pin's image, of a row without a pin none", async () => {
    const { lab, lock } = await locked();
    await using _lab = lab;
    const { cache } = lab;
    const [pin] = Object.values(lock);
    assert.ok(pin);
    await lab.archive.publish(suite, [await entry("6.12.11")]);
    await Deno.remove(`${cache}/kernels/rows`, { recursive: true });
    await Deno.remove(`${cache}/kernels/indexes`, { recursive: true });
    assert.equal((await lab.have()).release, "6.12.11-amd64");
    const told = async (lock?: Lock): Promise<string | undefined> =>
      (await cached(row(), { cache, lock }))?.release;
    assert.equal(await told(), "6.12.11-amd64");
    assert.equal(await told(lock), "6.12.10-amd64");
    assert.equal(await told({}), undefined);
    const refused: Partial<Pin>[] = [
      { sha256: "0".repeat(64) },
      { archive: { ...pin.archive, suite: "sid" } },
      { name: "linux-image-6.1.2-amd64" },
      {
        name: "linux-image-6.12.9-amd64",
        version: "6.12.9",
        filename: "pool/linux-image-6.12.9-amd64_6.12.9_amd64.deb",
      },
    ];
    for (const other of refused) {
      assert.equal(
        await told({ "debian-6.12": { ...pin, ...other } }),
        undefined,
      );
    }
  });

  it("leaves alone what the user gives", async () => {
    await using lab = await Lab.open(key);
    const image = bzImage("5.4.1");
    await Deno.writeFile(`${lab.cache}/image`, image);
    lab.archive.files.set("image", image);
    const at = `${lab.archive.url}/image#sha256=${digest(image)}`;
    for (const source of [`${lab.cache}/image`, at]) {
      const [given] = selectKernels([`debian-6.12=${source}`], []);
      assert.ok(given);
      assert.equal((await lab.have({ lock: {} }, given)).release, "5.4.1");
      const keeping = { cache: lab.cache, lock: {} };
      assert.equal((await cached(given, keeping))?.release, "5.4.1");
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

  it("leads to no archive but the row's", async () => {
    const { lab, lock } = await locked();
    await using _lab = lab;
    const [pin] = Object.values(lock);
    assert.ok(pin);
    await Deno.remove(`${lab.cache}/kernels`, { recursive: true });
    lab.archive.requests.length = 0;
    const elsewhere: [Partial<Pin["archive"]>, string][] = [
      [{ site: "ubuntu" }, '{"suite":"trixie"} of ubuntu'],
      [{ suite: "https://evil.example/x" }, '{"suite":"https://evil.example/'],
      [{ suite: `//${new URL(lab.archive.url).host}/x` }, '{"suite":"//127'],
      [{ at: "../../x" }, '{"suite":"trixie","at":"../../x"} of debian'],
      [{ arch: "aarch64" }, '{"suite":"trixie","arch":"aarch64"} of debian'],
    ];
    for (const [other, told] of elsewhere) {
      const archive = { ...pin.archive, ...other };
      const why = await lab.refusal({
        lock: { "debian-6.12": { ...pin, archive } },
      });
      const start = `Cannot take debian-6.12 as kernels.lock says: ${told}`;
      assert.ok(why.startsWith(start), why);
      assert.ok(why.includes(" is no archive of this row; "), why);
    }
    assert.deepEqual(lab.archive.requests, []);
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
    const broken: [string, RegExp][] = [
      ["{", /: Expected property name .*; put it back/],
      ["[]", /: it is no lock of kernels; put it back/],
      [good.replace("ringside-kernels/1", "x"), /: its schema is "x", not "/],
      [
        good.replace('"debian"', '"nosuch"'),
        /: debian-6.12 has no site that is known: "nosuch";/,
      ],
      [good.replace('"archive"', '"x"'), /: debian-6.12 has no suite;/],
      [good.replace(/"version": ".*"/, '"version": 6'), /12 has no version;/],
      [good.replace("pool/", "../pool/"), /: debian-6.12 has a bad filename, /],
      [good.replace(/"sha256": "./, '"sha256": "'), / has a bad .* or sha256;/],
      [
        good.replace('"archive"', '"unchecked": 1, "archive"'),
        / bad unchecked/,
      ],
      [good.replace(/"debian-6.12": [^]*/, '"a": null}}'), /: a is no pin;/],
    ];
    for (const [text, why] of broken) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readLock(path), (error: Error) => {
        const { name, message } = error;
        assert.equal(name, "UsageError");
        assert.ok(message.startsWith(`Cannot read ${path}: `), message);
        assert.match(message, why);
        assert.match(
          message,
          /; put it back as it was, or remove it and pin what there is now: deno task kernels fetch --lock$/,
        );
        return true;
      });
    }
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(readLock(path), {
      name: "UsageError",
      message:
        `Cannot read ${path}: Is a directory; make it a file that can be read, or remove it: without it the newest kernels are had`,
    });
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

  it("tells that nobody checked the index, when it is pinned and in every run", async () => {
    await using lab = await Lab.open(key);
    const path = `${lab.cache}/kernels.lock`;
    const doubt =
      "signature of the index of trixie not checked: Debian's keys (debian-archive-keyring) are not here";
    const image = await lab.have({ keyrings: [] });
    assert.deepEqual(await pinImages([image], lab.cache, path), [
      `debian-6.12 is pinned in doubt: ${doubt}`,
      `${path}: 1 pinned now, 1 in all`,
    ]);
    const lock = await readLock(path) ?? {};
    for (const offline of [false, true]) {
      lab.told.length = 0;
      await lab.have({ lock, offline });
      assert.deepEqual(lab.told, [`warning: ${doubt}`]);
    }
    const again = await lab.have();
    assert.deepEqual(await pinImages([again], lab.cache, path), [
      `${path}: 1 pinned now, 1 in all`,
    ]);
    lab.told.length = 0;
    await lab.have({ lock: await readLock(path) ?? {} });
    assert.deepEqual(lab.told, []);
  });

  it("is told what is pinned and what has nothing to pin", async () => {
    await using lab = await Lab.open(key);
    const path = `${lab.cache}/kernels.lock`;
    const own = `${lab.cache}/own`;
    await Deno.writeFile(own, bzImage("5.4.1"));
    const image = await lab.have();
    const masked = await lab.have({}, { ...row(), id: "masked-6.12" });
    // The label is the id of a row that was had.
    const [given] = selectKernels([`debian-6.12=${own}`], []);
    const mine = await lab.have({}, given);
    const unpinned =
      "debian-6.12 is not pinned: a file of yours is had as it is";
    assert.deepEqual(await pinImages([mine], lab.cache, path), [
      unpinned,
      `Nothing to pin: ${path} is as it was`,
    ]);
    assert.equal(await readLock(path), undefined);
    assert.deepEqual(await pinImages([masked], lab.cache, path), [
      `${path}: 1 pinned now, 1 in all`,
    ]);
    assert.deepEqual(await pinImages([image, masked], lab.cache, path), [
      `${path}: 2 pinned now, 2 in all`,
    ]);
    assert.deepEqual(await pinImages([masked, mine], lab.cache, path), [
      unpinned,
      `${path}: 1 pinned now, 2 in all`,
    ]);
    const pins = Object.keys(await readLock(path) ?? {});
    assert.deepEqual(pins, ["debian-6.12", "masked-6.12"]);
  });
});
