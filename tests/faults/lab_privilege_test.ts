/**
 * What a row needs, and what it has not: neither root nor a network; and its
 * QEMU can do nothing that it need not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { cacheFolder } from "../../kernels/folders.ts";
import { provision } from "../../kernels/provision.ts";
import { denoFolder, HostLab } from "./lab_host.ts";
import { baseKernel } from "./lab_machines.ts";

const nobody = 65534;
const become = [
  ...["unshare", "--net", "setpriv", "--reuid", nobody, "--regid", nobody],
  ...["--clear-groups", "--inh-caps=-all", "--bounding-set=-all"],
].join(" ");

/** A process of another user, by its /proc. */
interface Look {
  readonly words: readonly string[];
  readonly status: string;
  readonly sockets: readonly string[];
}

describe("a row of nobody's, without a network", () => {
  let lab: HostLab;
  let seen: Look | undefined;
  let ended: { status: number; out: string; err: string };

  before(async () => {
    lab = await HostLab.open();
    await lab.useRealQemu();
    const { path } = await provision(baseKernel(), { cache: cacheFolder() });
    await Deno.copyFile(path, lab.image);
    for (const name of ["nobody", "deno"]) {
      await Deno.mkdir(`${lab.folder}/${name}`);
    }
    for (const path of [lab.folder, lab.cache, `${lab.folder}/nobody`]) {
      await Deno.chmod(path, 0o755);
      await Deno.chown(path, nobody, nobody);
    }
    const run = lab.start({
      // Where the packages are may be closed to others: they are shown where all may look.
      before:
        `mount --bind "${denoFolder}" "${lab.folder}/deno" && set -- ${become} "$@"`,
      env: { HOME: `${lab.folder}/nobody`, DENO_DIR: `${lab.folder}/deno` },
      args: ["--offline"],
    });
    const early = run.ended.then(({ err }) => {
      throw new Error(`It ended before its machine was up: ${err}`);
    });
    await Promise.race([run.said("up after"), early]);
    early.catch(() => {});
    seen = look(lab.mark);
    ended = await run.ended;
  });

  after(async () => {
    await lab[Symbol.asyncDispose]();
  });

  it("proves its claims", async () => {
    assert.equal(ended.status, 0, ended.err);
    assert.match(
      ended.out,
      /1 kernel: [12] holds, [01] absent, 0 fails, 0 lost/,
    );
    assert.deepEqual(await lab.left(), []);
  });

  it("has a QEMU with no rights, that can get none", () => {
    assert.ok(seen);
    assert.match(seen.status, /^Uid:\t65534\t65534\t65534\t65534$/m);
    assert.match(seen.status, /^Cap(Eff|Prm):\t0+$/m);
    assert.match(seen.status, /^NoNewPrivs:\t1$/m);
    assert.match(seen.status, /^Seccomp:\t2$/m);
  });

  it("has a QEMU without a network, a disk or a folder of the host's", () => {
    assert.ok(seen);
    const words = seen.words.join(" ");
    assert.match(words, /-nodefaults .*-net none/);
    assert.doesNotMatch(
      words,
      /-(netdev|nic|drive|hd[a-d]|cdrom|virtfs|fsdev|blockdev|usb)\b|virtio-(net|blk|9p)/,
    );
    assert.deepEqual(seen.sockets, [], "no socket of the internet's");
  });
});

/** Looks at the QEMU of a run while it runs. */
function look(mark: string): Look {
  for (const { name } of Deno.readDirSync("/proc")) {
    const at = `/proc/${name}`;
    try {
      if (!Deno.readTextFileSync(`${at}/environ`).includes(mark)) continue;
      const words = Deno.readTextFileSync(`${at}/cmdline`).split("\0");
      if (!/\/qemu-system-\w+$/.test(words[0] ?? "")) continue;
      const sockets = ["tcp", "tcp6", "udp", "udp6"].flatMap((kind) =>
        Deno.readTextFileSync(`${at}/net/${kind}`).trim().split("\n").slice(1)
      );
      return { words, status: Deno.readTextFileSync(`${at}/status`), sockets };
    } catch {
      continue; // It ended meanwhile, or is no process.
    }
  }
  throw new Error("There is no QEMU of this run");
}
