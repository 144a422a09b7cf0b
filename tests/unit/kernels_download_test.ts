/**
 * Packages on their way here: broken lines, other runs, circles.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { PartFile } from "../../kernels/part_file.ts";
import { bzImage, type Data, deb, digest, Key } from "./kernels_archive.ts";
import { Lab, suite } from "./kernels_lab.ts";

const release = "6.12.11-amd64";

/** A package that does not fit into one piece of a network, and does not shrink. */
async function large(): Promise<Data> {
  const noise = crypto.getRandomValues(new Uint8Array(1 << 16));
  return await deb({
    [`./boot/vmlinuz-${release}`]: bzImage(release),
    "./noise": noise,
  }, "");
}

function parts(cache: string): [string, number][] {
  const folder = `${cache}/kernels/parts`;
  return [...Deno.readDirSync(folder)].map(({ name }) => [
    name,
    Deno.statSync(`${folder}/${name}`).size,
  ]);
}

/** The bytes from `start` on; the line breaks after `length` of them, if there are more. */
function broken(
  bytes: Data,
  start: number,
  length: number,
  status = 206,
): Response {
  let sent = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller): void {
      if (sent && start + length >= bytes.length) return controller.close();
      if (sent) return controller.error(new Error("the line broke"));
      sent = true;
      controller.enqueue(bytes.subarray(start, start + length));
    },
  });
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  const headers = { "content-range": range };
  return new Response(stream, { status, ...(status === 206 && { headers }) });
}

describe("a download", () => {
  let key: Key;

  before(async () => {
    key = await Key.make();
  });

  after(async () => {
    await key[Symbol.asyncDispose]();
  });

  /** A lab whose newest package is large; `answer` is asked for it. */
  async function open(
    answer: (bytes: Data, from: number) => Response | undefined,
  ): Promise<Lab> {
    const lab = await Lab.open(key);
    const one = { name: `linux-image-${release}`, version: "6.12.11" };
    const bytes = await large();
    await lab.archive.publish(suite, [{ ...one, deb: bytes }]);
    lab.archive.answer = (path, request) => {
      if (!path.endsWith(".deb")) return undefined;
      const range = request.headers.get("range") ?? "bytes=0-";
      return answer(bytes, Number(/\d+/.exec(range)));
    };
    return lab;
  }

  it("goes on where the line broke", async () => {
    const asked: number[] = [];
    await using lab = await open((bytes, from) => {
      asked.push(from);
      return broken(bytes, from, 30_000, from > 0 ? 206 : 200);
    });
    assert.equal((await lab.have()).release, release);
    assert.deepEqual(asked, [0, 30_000, 60_000]);
    assert.deepEqual(parts(lab.cache), []);
  });

  it("goes on with what an earlier run left", async () => {
    let lame = true;
    const asked: number[] = [];
    await using lab = await open((bytes, from) => {
      asked.push(from);
      if (!lame) return broken(bytes, from, bytes.length);
      return broken(bytes, from, from > 0 ? 0 : 1000, from > 0 ? 206 : 200);
    });
    assert.match(await lab.refusal(), /cannot be reached/);
    assert.deepEqual(parts(lab.cache).map(([, size]) => size), [1000]);
    lame = false;
    assert.equal((await lab.have()).release, release);
    assert.equal(asked.at(-1), 1000);
    assert.deepEqual(parts(lab.cache), []);
  });

  it("begins again where the archive cannot go on, or what was left is wrong", async () => {
    for (const whole of [true, false]) {
      await using lab = await open((bytes, from) =>
        whole || from === 0
          ? new Response(bytes)
          : broken(bytes, from, bytes.length)
      );
      const offered = lab.archive.files.get(
        `pool/linux-image-${release}_6.12.11_amd64.deb`,
      );
      assert.ok(offered);
      const folder = `${lab.cache}/kernels/parts`;
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeFile(`${folder}/${digest(offered)}`, new Uint8Array(500));
      assert.equal((await lab.have()).release, release);
      assert.deepEqual(parts(lab.cache), []);
    }
  });

  it("refuses an archive that answers with other bytes than asked for", async () => {
    await using lab = await open((bytes, from) =>
      from === 0 ? broken(bytes, 0, 1000, 200) : broken(bytes, 7, 100)
    );
    assert.match(await lab.refusal(), /with other bytes than asked for/);
    assert.deepEqual(parts(lab.cache), []);
  });

  it("refuses a circle of redirects, and one that leads off the web", async () => {
    const to = (location: string): Response =>
      new Response(null, { status: 302, headers: { location } });
    await using lab = await open(() => to("/again.deb"));
    assert.match(
      await lab.refusal(),
      /\.deb redirects more than 8 times, last to .*again\.deb/,
    );
    lab.archive.answer = () => to("file:///etc/passwd");
    assert.match(
      await lab.refusal(),
      /redirects to file:.*, which is no web page/,
    );
    lab.archive.answer = (path) =>
      path.startsWith("other/") ? undefined : to(`/other/${path}`);
    for (const [path, bytes] of [...lab.archive.files]) {
      lab.archive.files.set(`other/${path}`, bytes);
    }
    assert.equal((await lab.have()).release, release);
  });

  it("waits for another run that downloads the same, and takes its image", async () => {
    await using lab = await open(() => undefined);
    const other = {
      ...lab.options,
      progress: (text: string) => void lab.told.push(text),
    };
    const folder = `${lab.cache}/kernels/parts`;
    const bytes = lab.archive.files.get(
      `pool/linux-image-${release}_6.12.11_amd64.deb`,
    );
    const part = await PartFile.open(
      folder,
      digest(bytes ?? new Uint8Array()),
      {
        progress: other.progress,
      },
    );
    const had = lab.have();
    while (!lab.told.some((text) => text.startsWith("waiting for another"))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(lab.asked(".deb"), 0);
    await part.remove(); // As a run does that is done.
    part[Symbol.dispose]();
    assert.equal((await had).release, release);
  });

  it("ends a wait for another run with the signal's reason", async () => {
    const folder = await Deno.makeTempDir();
    using _held = await PartFile.open(folder, "x", {});
    const signal = AbortSignal.timeout(50);
    await assert.rejects(PartFile.open(folder, "x", { signal }), {
      name: "TimeoutError",
    });
    await Deno.remove(folder, { recursive: true });
  });
});
