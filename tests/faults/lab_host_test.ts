/**
 * Faults of the host under a run of the matrix: each is told in one line with
 * the right exit status, no result that was had is thrown away, and nothing is
 * left. As root: the mounts of these runs are their own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { findExecutable, output } from "../../kernels/executable.ts";
import { files } from "./lab_census.ts";
import { assertRefused, HostLab } from "./lab_host.ts";

/** A command of a shell that mounts an empty file system of this size. */
const small = (size: string, at: string): string =>
  `mkdir -p "${at}" && mount -t tmpfs -o size=${size} none "${at}"`;

describe("a host at fault", () => {
  let lab: HostLab;

  before(async () => {
    lab = await HostLab.open();
  });

  beforeEach(() => lab.standIn());

  after(async () => {
    await lab[Symbol.asyncDispose]();
  });

  it("has no fault in a run like any other", async () => {
    const { status, out, err } = await lab.run();
    assert.equal(status, 0, err);
    assert.match(
      out,
      /1 kernel: 2 holds, 0 absent, 0 fails, 0 lost; 0 unavailable; \d+ s\n$/,
    );
    assert.deepEqual(await lab.left(), []);
  });

  it("has no QEMU", async () => {
    const few = ["sh", "unshare", "mount", "clang", "ldconfig"];
    await Deno.mkdir(`${lab.folder}/few`);
    for (const name of few) {
      await Deno.symlink(pathOf(name), `${lab.folder}/few/${name}`);
    }
    const env = { PATH: `${lab.folder}/few` };
    assertRefused(
      await lab.run({ env }),
      69,
      /^There is no QEMU on this machine: install it \(apt-get install qemu-system-x86\)$/,
    );
    const shard = ["--shard", "2/2", "--report", `json=${lab.report}`];
    const { status, err } = await lab.run({ env, args: shard });
    assert.equal(status, 0, `a part without rows needs none: ${err}`);
    const { kernels } = JSON.parse(await Deno.readTextFile(lab.report));
    assert.deepEqual(kernels, []);
    assert.deepEqual(await lab.left(), []);
  });

  it("has a QEMU that is too old", async () => {
    await lab.standIn(
      'echo "QEMU emulator version 2.5.0 (Debian 1:2.5+dfsg-5)"',
    );
    assertRefused(
      await lab.run(),
      69,
      /^QEMU 2\.5\.0 is too old: install 2\.11 or newer$/,
    );
  });

  it("has a QEMU that crashes at its start", async () => {
    await lab.standIn(
      `[ "$1" = --version ] && { echo "QEMU emulator version 7.2.0"; exit; }
case "$*" in *"-machine help"*) exit;; esac
echo "qemu: cannot start today" >&2
kill -SEGV $$`,
    );
    const { status, out, err } = await lab.run();
    assert.equal(status, 69, err);
    assert.match(out, /QEMU was killed by SIGSEGV: qemu: cannot start today/);
    assert.deepEqual(await lab.left(), []);
  });

  it("kills QEMU", async () => {
    const run = lab.start({ scene: "endless" });
    await lab.halfway(run);
    lab.signal("SIGKILL", "lab_stand_in");
    const { status, out, err } = await run.ended;
    assert.equal(status, 69, err);
    assert.match(out, /QEMU was killed by SIGKILL/);
    assert.match(out, /F1 .* ✓ holds\n/);
    assert.match(out, /1 holds, 0 absent, 0 fails, 1 LOST/);
    assert.deepEqual(await lab.left(), []);
  });

  it("has a KVM that hangs", { ignore: !hasKvm() }, async () => {
    const manner = { scene: "noKvm", args: ["--accel", "auto"] };
    const { status, err } = await lab.run(manner);
    assert.equal(status, 0, err);
    assert.match(
      err,
      /^TCG, because KVM does not work here: The kernel did not come up within 10 s: its first process never spoke, and its console ends with "Booting from ROM\.\."; /m,
    );
    const again = await lab.run(manner); // What was learnt is remembered.
    assert.equal(again.status, 0);
    const refused = await lab.run({ ...manner, args: ["--accel", "kvm"] });
    assertRefused(
      refused,
      69,
      /^Cannot use KVM: .* \(take --accel tcg, or auto\)$/,
    );
    assert.deepEqual(await lab.left(), []);
  });

  it("has no memory for a guest", async () => {
    const qemu = pathOf("qemu-system-x86_64");
    await lab.standIn(`[ "$1" = --version ] && exec ${qemu} "$@"
ulimit -v 600000
exec ${qemu} "$@"`);
    const { status, out, err } = await lab.run();
    assert.equal(status, 69, err);
    assert.match(out, /QEMU ended with status 1: [^]*Cannot\s+allocate memory/);
    assert.deepEqual(await lab.left(), []);
  });

  it("has less memory than was asked for", async () => {
    const ended = await lab.run({ args: ["--memory", "1048576"] });
    assertRefused(
      ended,
      64,
      /^Bad --memory "1048576": this machine has \d+ MiB/,
    );
  });

  it("has a full disk below the cache", async () => {
    const ended = await lab.run({ before: small("20m", lab.cache) });
    assertRefused(
      ended,
      69,
      /^Cannot write to the cache .*: No space left on device; .*XDG_CACHE_HOME$/,
    );
    assert.deepEqual(await lab.left(), []);
  });

  it("has a cache that cannot be written", async () => {
    const bind = `mount --bind "${lab.cache}" "${lab.cache}"`;
    const ended = await lab.run({
      before: `${bind} && mount -o remount,bind,ro "${lab.cache}"`,
    });
    assertRefused(
      ended,
      69,
      /^Cannot write to the cache .*: Read-only file system; name another in XDG_CACHE_HOME$/,
    );
    assert.doesNotMatch(ended.err, /provisioned/, "found out before the run");
  });

  it("has a cache that others can write to", async () => {
    for (const folder of ["", "/initramfs", "/init"]) {
      const path = `${lab.cache}/ringside${folder}`;
      await Deno.chmod(path, 0o777);
      assertRefused(
        await lab.run(),
        69,
        /^Cannot trust the cache .*: others can write to it; take that from them \(chmod -R go-w .*\) or name another in XDG_CACHE_HOME$/,
      );
      await Deno.chmod(path, 0o755);
      await Deno.chown(path, 65534, 65534);
      assertRefused(
        await lab.run(),
        69,
        /^Cannot trust the cache .*: it is user 65534's;/,
      );
      await Deno.chown(path, 0, 0);
    }
    assert.equal((await lab.run()).status, 0);
  });

  it("has a full disk below a report", async () => {
    const folder = `${lab.folder}/full`;
    const { status, out, err } = await lab.run({
      before: small("8k", folder),
      args: [
        ...["--report", `html=${folder}/page.html`],
        ...["--report", `junit=${lab.folder}/junit.xml`],
      ],
    });
    assert.equal(status, 69);
    assert.match(out, /1 kernel: 2 holds/, "results are printed all the same");
    assert.match(
      err,
      /^Cannot write a report to ".*page\.html": No space left on device.*$/m,
    );
    assert.match(
      await Deno.readTextFile(`${lab.folder}/junit.xml`),
      /<testsuite/,
    );
    assert.deepEqual(await lab.left(), []);
  });

  it("has a place for a report that cannot be written, found out before the run", async () => {
    const { starts } = lab;
    const places = [
      [`${lab.folder}`, /it is a folder; name a file in it$/],
      [`${lab.folder}/gone/x.json`, /its folder does not exist; name a file/],
      ["/proc/x.json", /name a file in a folder that you may write to$/],
    ] as const;
    for (const [path, why] of places) {
      const ended = await lab.run({ args: ["--report", `json=${path}`] });
      assertRefused(ended, 64, why);
    }
    assert.equal(lab.starts, starts, "no machine was started");
  });

  it("has a program of its own that is none, found out before the run", async () => {
    const { starts } = lab;
    const path = `${lab.folder}/none.ts`;
    await Deno.writeTextFile(path, 'import "./gone.ts";');
    // Told by its name it is given no claims, beside which there is no program.
    const ended = await lab.run({ command: "main.ts", args: ["--", path] });
    assertRefused(ended, 64, /^Cannot bundle .*none\.ts: Module not found /);
    assert.equal(lab.starts, starts, "no machine was started");
  });

  it("has two runs at once, with one cache and one report", async () => {
    await Deno.remove(`${lab.cache}/ringside`, { recursive: true });
    const report = `${lab.folder}/both.json`;
    const both = [1, 2].map(() =>
      lab.run({ args: ["--report", `json=${report}`] })
    );
    for (const { status, err } of await Promise.all(both)) {
      assert.equal(status, 0, err);
    }
    JSON.parse(await Deno.readTextFile(report));
    assert.deepEqual(await lab.left(), []);
  });

  it("has a bit that flipped in what is cached", async () => {
    const [archive = ""] = files(`${lab.cache}/ringside/initramfs`)
      .filter((path) => !path.includes("/base/"));
    flip(archive);
    const damaged = await Deno.readFile(archive);
    const { status, err } = await lab.run();
    assert.equal(status, 0, err);
    const mended = await Deno.readFile(archive);
    assert.notEqual(mended[flipAt], damaged[flipAt]);
    assert.deepEqual(await lab.left(), []);
  });

  it("has a clock that jumps back and forth", async () => {
    const clock = await buildClock(lab.folder);
    for (const jump of ["-40000000", "40000000"]) {
      const report = `${lab.folder}/clock.json`;
      const behind = `${lab.folder}/starts`; // When QEMU has started.
      await Deno.remove(behind);
      const { status, err } = await lab.run({
        ...{ scene: "slow", args: ["--report", `json=${report}`] },
        env: {
          ...{ LD_PRELOAD: clock, RINGSIDE_JUMP: jump },
          RINGSIDE_JUMP_BEHIND: behind,
        },
      });
      assert.equal(status, 0, err);
      const { kernels, started, finished } = JSON.parse(
        await Deno.readTextFile(report),
      );
      const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
      assert.ok(Math.abs(seconds - Number(jump)) < 100, "it did jump");
      const { runMs } = kernels[0].timings;
      assert.ok(runMs > 2000 && runMs < 60_000, `${runMs} ms`);
    }
    assert.equal(
      (await lab.run()).status,
      0,
      "the cache of the wrong time serves",
    );
    assert.deepEqual(await lab.left(), []);
  });

  it("has a console of 100 MB to hear out", async () => {
    const { status, err } = await lab.run({ scene: "console" });
    assert.equal(status, 0, err);
    assert.deepEqual(await lab.left(), []);
  });
});

function pathOf(program: string): string {
  const sbin = `/usr/sbin/${program}`;
  const path = findExecutable(program) ?? findExecutable(sbin);
  assert.ok(path, `${program} is not installed`);
  return path;
}

/** Builds the clock that jumps. */
async function buildClock(folder: string): Promise<string> {
  const source = fileURLToPath(new URL("lab_clock.c", import.meta.url));
  const path = `${folder}/clock.so`;
  const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
  const built = await output("clang", [...flags, "-o", path, source]);
  assert.ok(built.success, built.stderr);
  return path;
}

const flipAt = 50 << 20;

function flip(path: string): void {
  using file = Deno.openSync(path, { read: true, write: true });
  const byte = new Uint8Array(1);
  file.seekSync(flipAt, Deno.SeekMode.Start);
  file.readSync(byte);
  file.seekSync(flipAt, Deno.SeekMode.Start);
  file.writeSync(byte.map((value) => value ^ 1));
}

function hasKvm(): boolean {
  try {
    Deno.openSync("/dev/kvm", { read: true, write: true }).close();
    return true;
  } catch {
    return false;
  }
}
