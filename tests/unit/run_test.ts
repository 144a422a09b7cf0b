/**
 * `./run`: that it finds its project, and the user's files, from anywhere.
 *
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../run", import.meta.url));
const report = fileURLToPath(new URL("golden/report.json", import.meta.url));

describe("./run", () => {
  it("runs by a link from elsewhere, whose paths are meant from there", async () => {
    const folder = await Deno.makeTempDir({ suffix: " o" });
    await Deno.symlink(script, `${folder}/link`);
    await Deno.symlink("link", `${folder}/run`);
    await Deno.copyFile(report, `${folder}/report.json`);
    const { code, stdout, stderr } = await new Deno.Command("./run", {
      args: ["report", "tap", "report.json"],
      cwd: folder,
      env: {
        PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
        INIT_CWD: "",
      },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /^TAP version 14\n/);
    await Deno.remove(folder, { recursive: true });
  });
});
