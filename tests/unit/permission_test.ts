/**
 * What Deno has to allow: a process with less is told what is missing.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";

const mod = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);

/** Opens an object in a process with these permissions; answers what it says. */
async function open(...permissions: string[]): Promise<string> {
  const program = `import { BpfError, BpfObject, libbpfVersion } from ${mod};
try {
  using object = BpfObject.open("bpf/build/burst.bpf.o");
  console.log(libbpfVersion() !== "", object.maps.size);
} catch (error) {
  console.log(error instanceof BpfError ? error.message : error);
}`;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, program);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--no-check", "--no-config"],
        ...[...permissions, path],
      ],
    }).output();
    const text = new TextDecoder();
    return (text.decode(stdout) + text.decode(stderr)).trim();
  } finally {
    await Deno.remove(path);
  }
}

const env = "--allow-env=RINGSIDE_LIBBPF";

describe("a process", () => {
  it("needs --allow-ffi and one variable of the environment, and no more", async () => {
    assert.equal(await open("--allow-ffi", env), "true 5");
  });

  it("is told that it needs bare --allow-ffi", async () => {
    for (const less of [[], ["--allow-ffi=libbpf.so.1"], ["--allow-read"]]) {
      assert.match(
        await open(env, ...less),
        /^Cannot open \w.*: Deno was not given the permission \(run it with --allow-ffi\)$/,
      );
    }
  });

  it("is told that it needs --allow-env", async () => {
    assert.equal(
      await open("--allow-ffi"),
      "Cannot ask for RINGSIDE_LIBBPF: Deno was not given the permission " +
        "(run it with --allow-env=RINGSIDE_LIBBPF)",
    );
  });
});
