/**
 * A FIFO, at which nobody hangs who opens it: it has a writer.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openTemporary } from "../../kernels/temporary.ts";

/** Calls `use` with its path; it is gone afterwards. */
export async function withFifo(use: (path: string) => void): Promise<void> {
  await using folder = await openTemporary();
  const path = `${folder.path}/fifo`;
  const { success } = await new Deno.Command("mkfifo", { args: [path] })
    .output();
  assert.ok(success);
  using _ = await Deno.open(path, { read: true, write: true });
  use(path);
}
