/**
 * What a frozen machine is made of: all that has to be the same for it to be brought back in place
 * of a boot.
 *
 * @module
 */
import { basename } from "node:path";
import { findQemu, qemuVersion, threadsOf } from "./emulator.ts";
import type { Image } from "./kernel.ts";
import type { MachineOptions } from "./machine.ts";
import { commandLine } from "./qemu.ts";

/** How the machine runs, as far as it is made by that. */
export type How = Pick<
  MachineOptions,
  "cpus" | "memoryMiB" | "accel" | "qemu"
>;

/**
 * QEMU as it is here and its whole command line, with contents in place of paths.
 *
 * @param base the path, or the name, of the archive without a program: it is named by its contents.
 * @throws {Error} when QEMU is not installed, naming its package.
 */
export async function makingsOf(
  image: Image,
  base: string,
  how: How,
): Promise<unknown[]> {
  const qemu = findQemu(image.arch, how.qemu);
  const line = commandLine({
    ...how,
    threads: await threadsOf(qemu),
    arch: image.arch,
    image: image.sha256,
    initramfs: basename(base),
    cmdline: image.kernel.cmdline,
    ...{ results: "", nonce: "", seed: "", bare: false },
    freezable: { ram: "", monitor: "" },
  });
  return [await qemuVersion(qemu), line];
}
