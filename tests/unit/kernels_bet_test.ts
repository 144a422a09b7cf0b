/**
 * A package is downloaded while a slow index is still on its way, where that
 * is likely to be right, and never taken where it is not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Data } from "./kernels_archive.ts";
import { entry, Lab, row } from "./kernels_lab.ts";

/** The same bytes, once `ready` is. */
function late(bytes: Data, ready: Promise<void>): Response {
  return new Response(
    new ReadableStream({
      async start(controller): Promise<void> {
        await ready;
        controller.enqueue(bytes);
        controller.close();
      },
    }),
  );
}

/** A lab whose suite `slow` has its index when a package was asked for, or after a second. */
async function open(fast: string, slow: string): Promise<Lab> {
  const lab = await Lab.open(undefined);
  const { archive } = lab;
  await archive.publish("fast", [await entry(fast)]);
  await archive.publish("slow", [await entry(slow)]);
  const asked = Promise.withResolvers<void>();
  const timer = setTimeout(asked.resolve, 1000);
  archive.answer = (path) => {
    if (path.endsWith(".deb")) asked.resolve();
    const bytes = archive.files.get(path);
    if (path !== "dists/slow/InRelease" || !bytes) return undefined;
    return late(bytes, asked.promise.finally(() => clearTimeout(timer)));
  };
  return lab;
}

/** What was asked for, in its order. */
function order(lab: Lab): string[] {
  return lab.archive.requests.flatMap((path) =>
    /slow.*Packages|[^/]*\.deb/.exec(path)?.[0] ?? []
  );
}

describe("a bet", () => {
  const kernels = row("fast", "slow");
  const list = "slow/main/binary-amd64/Packages";
  const deb = (version: string): string =>
    `linux-image-${version}-amd64_${version}_amd64.deb`;

  it("that is won has the package before the last index", async () => {
    await using lab = await open("6.12.20", "6.12.10");
    assert.equal((await lab.have({}, kernels)).release, "6.12.20-amd64");
    assert.deepEqual(order(lab), [deb("6.12.20"), list]);
  });

  it("that is lost is ended, and the newest is had", async () => {
    await using lab = await open("6.12.10", "6.12.20");
    assert.equal((await lab.have({}, kernels)).release, "6.12.20-amd64");
    assert.deepEqual(order(lab), [deb("6.12.10"), list, deb("6.12.20")]);
  });

  it("is none where every index is in the cache", async () => {
    await using lab = await open("6.12.10", "6.12.20");
    await lab.have({}, kernels);
    const cache = `${lab.cache}/kernels`;
    for (const name of ["rows", ...lab.images()]) {
      await Deno.remove(`${cache}/${name}`, { recursive: true });
    }
    lab.archive.requests.length = 0;
    await lab.have({}, kernels);
    assert.deepEqual(order(lab), [deb("6.12.20")]);
  });

  it("is none offline", async () => {
    await using lab = await open("6.12.10", "6.12.20");
    await lab.refusal({ offline: true }, kernels);
    assert.deepEqual(lab.archive.requests, []);
  });
});
