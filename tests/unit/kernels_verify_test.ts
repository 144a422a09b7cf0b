/**
 * What is kept is looked at: the images of the cache, the kernels of the user's.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { describe, it } from "@std/testing/bdd";
import type { FileSource, Kernel, Lock } from "../../kernels/kernel.ts";
import { readLast } from "../../kernels/last_time.ts";
import { addOwn, ownKernels } from "../../kernels/own.ts";
import { selectKernels } from "../../kernels/select.ts";
import {
  type Checked,
  checkedText,
  verifyImages,
  verifyOwn,
  wayOutText,
} from "../../kernels/verify.ts";
import { bzImage, deb } from "./kernels_archive.ts";
import { breakReading, Lab, row } from "./kernels_lab.ts";

async function flip(path: string, at: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
}

describe("verify", () => {
  const masked = { ...row(), id: "masked-6.12" };
  const rows = [row(), masked];

  it("names the rows of each image, and how to get a damaged one again", async () => {
    await using lab = await Lab.open(undefined);
    const { path } = await lab.have();
    await lab.have({}, masked);
    const checked = (): Promise<Checked[]> =>
      Array.fromAsync(verifyImages(lab.cache, rows));
    const whole = await checked();
    assert.equal(
      checkedText(whole),
      `whole  debian-6.12, masked-6.12  6.12.10-amd64  ${path}`,
    );
    assert.equal(wayOutText(whole), "");
    await flip(path, 700);
    const damaged = await checked();
    assert.equal(
      checkedText(damaged),
      `damaged  debian-6.12, masked-6.12  it is not what was put there  ${
        dirname(path)
      }`,
    );
    assert.equal(
      wayOutText(damaged),
      "1 damaged; what to do:\n" +
        "  debian-6.12, masked-6.12: deno task kernels fetch debian-6.12 masked-6.12",
    );
    await lab.have();
    assert.deepEqual(await checked(), whole);
  });

  it("names the rows that a lock pins to it, and those that are of no row", async () => {
    await using lab = await Lab.open(undefined);
    const { path } = await lab.have();
    const { pin } = await readLast(row(), lab.cache);
    assert.ok(pin);
    const package_ = `${lab.cache}/x.deb`;
    await Deno.writeFile(
      package_,
      await deb({ "./boot/vmlinuz-x": bzImage("5.4.1") }),
    );
    const given = await lab.have({}, selectKernels([`x=${package_}`], [])[0]);
    await flip(given.path, 700);
    const lock = { "masked-6.12": pin };
    const seen = await Array.fromAsync(verifyImages(lab.cache, [masked], lock));
    assert.deepEqual(seen, [
      { rows: ["masked-6.12"], path, state: "whole", tells: "6.12.10-amd64" },
      {
        rows: [],
        path: dirname(given.path),
        state: "damaged",
        tells: "it is not what was put there",
        wayOut: `remove ${dirname(given.path)}`,
      },
    ]);
    assert.equal(
      wayOutText(seen),
      `1 damaged; what to do:\n  of no row: remove ${dirname(given.path)}`,
    );
    const none = verifyImages(`${lab.cache}/none`, rows, lock);
    assert.deepEqual(await Array.fromAsync(none), []);
  });

  it("sends nobody to fetch what a run by the lock does not take", async () => {
    await using lab = await Lab.open(undefined);
    const { path } = await lab.have();
    const { pin } = await readLast(row(), lab.cache);
    assert.ok(pin);
    await flip(path, 700);
    const other = { ...pin, sha256: "0".repeat(64) };
    const remove = `remove ${dirname(path)}`;
    const ways: [Lock | undefined, string][] = [
      [undefined, "deno task kernels fetch debian-6.12"],
      [{ "debian-6.12": pin }, "deno task kernels fetch debian-6.12"],
      [{ "masked-6.12": pin }, "deno task kernels fetch masked-6.12"],
      [{ "debian-6.12": other }, remove],
      [{}, remove],
    ];
    for (const [lock, wayOut] of ways) {
      const seen = await Array.fromAsync(verifyImages(lab.cache, rows, lock));
      assert.deepEqual(seen.map((one) => one.wayOut), [wayOut]);
      assert.ok(seen[0]?.rows.includes("debian-6.12"));
    }
    // To fetch would not help.
    await assert.rejects(lab.have({ lock: {} }), { name: "Unavailable" });
    await Deno.remove(dirname(path), { recursive: true });
    const none = await Array.fromAsync(verifyImages(lab.cache, rows, {}));
    assert.deepEqual(none, []);
  });

  it("looks at kernels of the user's, by their checksums where there are any", async () => {
    await using lab = await Lab.open(undefined);
    const given = `${lab.cache}/image`;
    await Deno.writeFile(given, bzImage("5.4.1"));
    const image = await lab.have({}, selectKernels([`mine=${given}`], [])[0]);
    const own = `${lab.cache}/own`;
    await addOwn(image, own);
    await Deno.mkdir(`${own}/put`);
    await Deno.writeFile(`${own}/put/bzImage`, bzImage("5.5"));
    const checked = async (): Promise<Checked[]> =>
      await Array.fromAsync(verifyOwn(await ownKernels(own)));
    const [mine, put] = [`${own}/mine/vmlinuz`, `${own}/put/bzImage`];
    assert.equal(
      checkedText(await checked()).replace(
        /^no sum: .*FILE.sha256 .*/m,
        "LEGEND",
      ),
      [
        `whole   own-mine  5.4.1  ${mine}`,
        `no sum  own-put   5.5    ${put}`,
        "LEGEND",
      ].join("\n"),
    );
    await flip(mine, 700);
    await Deno.truncate(put, 2600);
    const damaged = await checked();
    assert.deepEqual(damaged.map(({ state, tells }) => [state, tells]), [
      ["damaged", "its checksum is not that of vmlinuz.sha256"],
      ["damaged", "it is cut short: 2600 of 2688 bytes"],
    ]);
    assert.equal(
      wayOutText(damaged),
      [
        "2 damaged; what to do:",
        `  own-mine: remove ${own}/mine, then deno task kernels add mine=SOURCE`,
        `  own-put: remove ${own}/put, then deno task kernels add put=SOURCE`,
      ].join("\n"),
    );
  });

  it("calls no kernel damaged that could not be read", async () => {
    await using lab = await Lab.open(undefined);
    const rows = await putOwn(lab.cache, "mine");
    const { path } = source(rows[0]);
    await Deno.mkdir(`${path}.sha256`); // Also root reads no folder as a text.
    const [seen, ...others] = await Array.fromAsync(verifyOwn(rows));
    assert.deepEqual(others, []);
    assert.ok(seen);
    assert.equal(seen.state, "unread");
    assert.match(seen.tells, /^cannot be read: Is a directory/);
    assert.equal(
      wayOutText([seen]),
      "1 unread; what lets them be looked at:\n" +
        "  own-mine: mend what is said of it, and leave the kernel where it is",
    );
  });

  it("calls no image of the cache damaged that cannot be read", async () => {
    await using lab = await Lab.open(undefined);
    const { path } = await lab.have();
    const folder = dirname(path);
    const checked = (): Promise<Checked[]> =>
      Array.fromAsync(verifyImages(lab.cache, rows));
    const otherwise =
      "mend what is said of it, or name another cache in XDG_CACHE_HOME";
    const unread = (why: string, wayOut: string): Checked[] => [
      {
        ...{ rows: ["debian-6.12"], path: folder, state: "unread" },
        ...{ tells: `cannot be read: ${why}`, wayOut },
      },
    ];
    await breakReading(path);
    const error = unread("Input/output error", otherwise);
    assert.deepEqual(await checked(), error);
    assert.equal(
      wayOutText(error),
      `1 unread; what lets them be looked at:\n  debian-6.12: ${otherwise}`,
    );
    const { readFile } = Deno;
    // Root may read everything.
    Deno.readFile = () =>
      Promise.reject(
        Object.assign(
          new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
          { code: "EACCES" },
        ),
      );
    try {
      const wayOut = `let your user read what is in ${folder}`;
      assert.deepEqual(await checked(), unread("Permission denied", wayOut));
    } finally {
      Deno.readFile = readFile;
    }
    await Deno.remove(path);
    assert.deepEqual((await checked()).map(({ state }) => state), ["damaged"]);
    await Deno.remove(`${folder}/image.json`);
    await Deno.mkdir(`${folder}/image.json`);
    assert.deepEqual(await checked(), unread("Is a directory", otherwise));
  });

  it("does not take a kernel of an earlier version's own- for one that add would replace", async () => {
    await using lab = await Lab.open(undefined);
    const rows = await putOwn(lab.cache, "own-x");
    await Deno.truncate(`${lab.cache}/own/own-x/bzImage`, 2600);
    const seen = await Array.fromAsync(verifyOwn(rows));
    assert.deepEqual(seen.map(({ rows, wayOut }) => [rows, wayOut]), [
      [["own-own-x"], `put the image back in ${lab.cache}/own/own-x`],
    ]);
  });

  it("does not send to add what add would refuse for the name of its folder", async () => {
    await using lab = await Lab.open(undefined);
    for (
      const [name, wrong] of [
        ["my kernel", /use letters, digits and any of /],
        ["x".repeat(61), /it has 61 characters, use 60 at most/],
      ] as const
    ) {
      const own = await putOwn(lab.cache, name);
      const { path } = source(own[0]);
      await Deno.truncate(path, 2600);
      const [seen] = await Array.fromAsync(verifyOwn(own));
      const { wayOut = "" } = seen ?? {};
      assert.ok(
        wayOut.startsWith(`put the image back in ${dirname(path)}, and rename`),
        wayOut,
      );
      assert.match(wayOut, wrong);
      assert.throws(() => selectKernels([`${name}=${path}`], []), wrong);
      await Deno.remove(dirname(path), { recursive: true });
    }
  });
});

/** A kernel that the user has put into a folder of this name, as rows. */
async function putOwn(cache: string, name: string): Promise<Kernel[]> {
  await Deno.mkdir(`${cache}/own/${name}`, { recursive: true });
  await Deno.writeFile(`${cache}/own/${name}/bzImage`, bzImage("5.5"));
  return await ownKernels(`${cache}/own`);
}

/** Where a row of the user's own is. */
function source(row: Kernel | undefined): FileSource {
  assert.ok(row?.source.kind === "file");
  return row.source;
}
