/**
 * Which of this machine's libraries go into a guest, by its loader's word.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { dependencies, parseLdd } from "../../kernels/libraries.ts";

describe("ldd's answer", () => {
  it("gives the paths of libraries and loader, not the vDSO", () => {
    const text = [
      "\tlinux-vdso.so.1 (0x00007fc3)",
      "\tlibelf.so.1 => /lib/x86_64-linux-gnu/libelf.so.1 (0x00007f8c)",
      "\tlibodd.so => /opt/a+b/libodd.so (0x00007f8d)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f8e)",
    ].join("\n");
    assert.deepEqual(parseLdd("/x", text), [
      "/lib/x86_64-linux-gnu/libelf.so.1",
      "/opt/a+b/libodd.so",
      "/lib64/ld-linux-x86-64.so.2",
    ]);
  });

  it("is empty for a static binary and an error for a missing library", () => {
    assert.deepEqual(parseLdd("/x", "\tnot a dynamic executable\n"), []);
    assert.throws(
      () => parseLdd("/x", "\tlibgone.so.1 => not found\n"),
      /lacks its libgone\.so\.1/,
    );
  });

  it("has the C library of Deno, and names a file that is not there", async () => {
    const libraries = await dependencies([Deno.execPath()]);
    assert.ok(
      libraries.some((path) => path.includes("libc.")),
      libraries.join(" "),
    );
    await assert.rejects(
      dependencies(["/gone.so"]),
      /Cannot take \/gone\.so into the guest/,
    );
  });
});
