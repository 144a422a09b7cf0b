/**
 * QEMU's command line, compared with a golden file. After a wanted change:
 * `UPDATE_GOLDEN=1 deno test -A tests/unit/machine_qemu_test.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Boot, commandLine } from "../../kernels/qemu.ts";
import { safeThreads } from "../../kernels/emulator.ts";

const GOLDEN = new URL("golden/qemu_command_line.txt", import.meta.url);

const boot: Boot = {
  arch: "x86_64",
  accel: "tcg",
  threads: "single",
  cpus: 2,
  memoryMiB: 768,
  image: "/kernels/vmlinuz",
  initramfs: "/cache/guest.cpio",
  results: "/tmp/results",
  cmdline: ["lsm=bpf"],
  nonce: "0011223344556677",
  seed: "feed",
  bare: false,
};

/** One line for each option with its value. */
function text(args: readonly string[]): string {
  return args.join("\n").replace(/\n(?!-)/g, " ") + "\n";
}

describe("the command line of QEMU", () => {
  it("is the golden one, emulated, under KVM, and for arm64", async () => {
    const emulated = text(commandLine(boot));
    const kvm = text(
      commandLine({ ...boot, accel: "kvm", cpus: 1, bare: true }),
    );
    const file = { ram: "/cache/ram", monitor: "/tmp/monitor" };
    const [frozen, thawed] = [{}, { program: "/cache/a,b.cpio" }].map((way) =>
      text(commandLine({ ...boot, freezable: { ...file, ...way } }))
    );
    const arm64 = text(commandLine({ ...boot, arch: "aarch64" }));
    const whole = `# emulated
${emulated}
# KVM, bare
${kvm}
# arm64
${arm64}` +
      `
# to be frozen
${frozen}
# brought back
${thawed}`;
    if (Deno.env.has("UPDATE_GOLDEN")) await Deno.writeTextFile(GOLDEN, whole);
    assert.equal(whole, await Deno.readTextFile(GOLDEN));
  });

  it("doubles a comma in the socket's path, which would begin an option", () => {
    assert.ok(
      commandLine({ ...boot, results: "/tmp/a,b" }).includes(
        "socket,id=results,path=/tmp/a,,b",
      ),
    );
  });

  it("puts the row's own parameters behind ours, so that they win", () => {
    const parameters =
      commandLine({ ...boot, cmdline: ["loglevel=8"] }).at(-1) ?? "";
    assert.ok(
      parameters.indexOf("loglevel=8") > parameters.indexOf("loglevel=5"),
    );
  });

  it("fits the kernel's 2048 bytes with a seed of 64 bytes and room for the row", () => {
    const parameters = commandLine({ ...boot, seed: "00".repeat(64) }).at(-1) ??
      "";
    assert.ok(parameters.length < 512, `${parameters.length} bytes`);
  });
});

describe("emulated processors", () => {
  it("share a thread where QEMU cannot patch and translate at once", () => {
    const threads = (version: string): string =>
      safeThreads(`QEMU emulator version ${version} (Debian 1:x)`);
    for (const old of ["4.2.0", "7.2.22", "8.0.5"]) {
      assert.equal(threads(old), "single", old);
    }
    for (const fixed of ["8.1.0", "8.2.1", "9.0.0", "10.0.2", "11.0"]) {
      assert.equal(threads(fixed), "multi", fixed);
    }
    assert.equal(safeThreads("no version at all"), "single");
  });
});
