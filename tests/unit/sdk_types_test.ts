/**
 * `deno task bpf:types`: what it writes, and what it says when it cannot. Set
 * RINGSIDE_GOLDEN=write to write golden/types*.ts anew, and read the difference.
 *
 * @module
 */

import { after, before, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { compileBpf } from "./c_program.ts";

let folder = "";

async function types(
  ...args: string[]
): Promise<{ code: number; out: string; said: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", "sdk/main.ts", ...args],
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), said: text.decode(stderr) };
}

async function golden(name: string, ...args: string[]): Promise<void> {
  const { code, out, said } = await types(`${folder}/types.bpf.o`, ...args);
  assert.deepEqual({ code, said }, { code: 0, said: "" });
  const path = new URL(`golden/${name}`, import.meta.url);
  if (Deno.env.get("RINGSIDE_GOLDEN") === "write") {
    await Deno.writeTextFile(path, out);
  }
  assert.equal(out, await Deno.readTextFile(path));
}

describe("deno task bpf:types", () => {
  before(async () => {
    folder = await Deno.makeTempDir();
    const source = fileURLToPath(
      new URL("golden/types.bpf.c", import.meta.url),
    );
    await compileBpf(source, `${folder}/types.bpf.o`);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("writes types of events, keys and values", () => golden("types.ts"));

  it("writes them as int64 tells them", () =>
    golden("types_number.ts", "--int64", "number"));

  it("says in one line what is wrong, with a status of its own", async () => {
    const object = `${folder}/types.bpf.o`;
    await Deno.writeTextFile(`${folder}/none.c`, "int nothing;\n");
    await compileBpf(`${folder}/none.c`, `${folder}/none.o`);
    const wrong: readonly (readonly [number, RegExp, ...string[]])[] = [
      [64, /^No object: it takes the path of a \.bpf\.o; see --help\n$/],
      [64, /^Unexpected argument "b"; see/, "a", "b"],
      [64, /^Unknown option "--json"; see/, object, "--json"],
      [64, /^Bad --int64 "": it takes bigint or number; see/, "--int64"],
      [64, /^Bad --int64 "x": it takes/, "--int64=x", object],
      [69, /^Cannot open "gone": ENOENT: .*\n$/, "gone"],
      [
        69,
        /^Cannot open "deno.json": [^\n]*not a proper ELF.*\n$/,
        "deno.json",
      ],
      [69, /: it has neither streams of events nor maps/, `${folder}/none.o`],
    ];
    for (const [status, says, ...args] of wrong) {
      const { code, out, said } = await types(...args);
      assert.deepEqual([code, out], [status, ""], said);
      assert.match(said, says);
      assert.equal(said.split("\n").length, 2);
    }
  });

  it("says so too where the folder that the user stood in is gone", async () => {
    const before = Deno.env.get("INIT_CWD");
    Deno.env.set("INIT_CWD", `${folder}/gone`);
    try {
      const { code, said } = await types(`${folder}/types.bpf.o`);
      assert.match(
        said,
        /^Cannot work in .*\/gone, where the command was given: No such file or directory \(give it in a folder that is there .*\)\n$/,
      );
      assert.equal(code, 69);
    } finally {
      if (before === undefined) Deno.env.delete("INIT_CWD");
      else Deno.env.set("INIT_CWD", before);
    }
  });
});
