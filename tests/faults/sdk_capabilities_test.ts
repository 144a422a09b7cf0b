/**
 * The SDK with CAP_BPF and CAP_PERFMON alone, and with less: each case is a
 * process that has really dropped all others. As root, Linux 5.8 or newer.
 *
 * @module
 */

import { before, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { requireMounts } from "../mounts.ts";

/** Who asks, and what he has. */
interface Asker {
  readonly uid: 0 | 65534;
  /** Names of capabilities as setpriv(1) has them. */
  readonly has: readonly string[];
}

const project = fileURLToPath(new URL("../..", import.meta.url));

/** The project may lie where others cannot look, as below /root: it is shown where they can. */
const show = 'mount --bind "$0" /mnt && cd /mnt && exec "$@"';

/** What becomes of each thing of tests/faults/sdk_privileged.ts. */
async function ask(
  { uid, has }: Asker,
  ...things: readonly string[]
): Promise<Record<string, string>> {
  const cache = await Deno.makeTempDir();
  await Deno.chmod(cache, 0o777);
  const set = ["-all", ...has.map((name) => `+${name}`)].join(",");
  try {
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["--mount", "--propagation=private", "sh", "-c", show, project],
        ...["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"],
        ...[`--inh-caps=${set}`, `--ambient-caps=${set}`],
        ...[`--bounding-set=${set}`, Deno.execPath(), "run", "--no-prompt"],
        ...["--no-check", "--no-config", "--allow-ffi"],
        ...["--allow-env=RINGSIDE_LIBBPF", "--allow-run=/bin/true"],
        ...["tests/faults/sdk_privileged.ts", ...things],
      ],
      env: { DENO_DIR: cache },
    }).output();
    const text = new TextDecoder();
    assert.notEqual(text.decode(stdout), "", text.decode(stderr));
    return JSON.parse(text.decode(stdout));
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

const both = ["bpf", "perfmon"] as const;

describe("with CAP_BPF and CAP_PERFMON alone", () => {
  before(() => requireMounts([{ id: "what attaches", mounted: "tracefs" }]));

  it("whoever owns tracefs has streams of both transports, attached, with events", async () => {
    const things = [
      ...["exec ring", "exec perf", "on_tracepoint", "on_raw_tracepoint"],
    ];
    assert.deepEqual(
      await ask({ uid: 0, has: both }, ...things),
      Object.fromEntries(things.map((thing) => [thing, "done"])),
    );
  });

  it("anybody else has all that needs no tracefs, and is told what tracefs needs", async () => {
    const { on_tracepoint: tracepoint = "", ...done } = await ask(
      { uid: 65534, has: both },
      ...["open ring", "open perf", "on_raw_tracepoint"],
      "on_tracepoint",
    );
    assert.deepEqual([...new Set(Object.values(done))], ["done"]);
    assert.match(
      tracepoint,
      /^Cannot attach program "on_tracepoint" .*EACCES.*tracefs: it is root's, or CAP_DAC_READ_SEARCH's\)$/,
    );
  });

  it("uprobes are attached, or CAP_SYS_ADMIN is named (Linux 6.16)", async () => {
    const { on_uprobe: less = "" } = await ask(
      { uid: 0, has: both },
      "on_uprobe",
    );
    assert.match(less, /^done$|EACCES.*\(grant CAP_SYS_ADMIN, which uprobes/);
    const has = [...both, "sys_admin"];
    const { on_uprobe: more } = await ask({ uid: 0, has }, "on_uprobe");
    assert.equal(more, "done");
  });

  it("anybody else attaches to tracepoints too with CAP_DAC_READ_SEARCH", async () => {
    assert.deepEqual(
      await ask(
        { uid: 65534, has: [...both, "dac_read_search"] },
        ...["exec ring", "exec perf"],
      ),
      { "exec ring": "done", "exec perf": "done" },
    );
  });
});

describe("what is missing is named", () => {
  const cases: readonly (readonly [
    has: readonly string[],
    thing: string,
    message: RegExp,
  ])[] = [
    [[], "open ring", /^Cannot ask .*EPERM.*CAP_BPF\)$/],
    [[], "open perf", /^Cannot load .*EPERM.*CAP_BPF\)$/],
    [["perfmon"], "open ring", /^Cannot ask .*EPERM.*CAP_BPF\)$/],
    [["net_admin"], "packets ring", /^Cannot ask .*EPERM.*CAP_BPF\)$/],
    [["bpf"], "open ring", /^Cannot load .*EPERM.*\(grant CAP_PERFMON too\)$/],
    [["bpf"], "open perf", /^Cannot load .*EPERM.*\(grant CAP_PERFMON too\)$/],
    [["bpf"], "on_raw_tracepoint", /EPERM.*\(grant CAP_PERFMON too\)$/],
    [both, "packets ring", /EPERM.*\(grant CAP_NET_ADMIN too/],
  ];
  for (const [has, thing, message] of cases) {
    const owned = has.map((name) => `CAP_${name.toUpperCase()}`).join(" and ");
    it(`with ${owned || "none"}, of "${thing}"`, async () => {
      const { [thing]: said = "" } = await ask({ uid: 65534, has }, thing);
      assert.match(said, message);
    });
  }
});
