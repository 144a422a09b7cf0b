/**
 * What a report says of the machine that it was made on.
 *
 * @module
 */
import { type Arch, arches, hostArch } from "../kernels/arch.ts";
import type { Host } from "./results.ts";

/**
 * Describes this machine for a run of these processors' guests. `libbpf` is the
 * path of the library that those of its own processor are given.
 */
export async function describeHost(
  libbpf: string,
  archs: readonly Arch[] = [hostArch],
): Promise<Host> {
  const versions = await Promise.all(
    archs.map((arch) => qemuVersion(arches[arch].qemu)),
  );
  return {
    os: osName(await Deno.readTextFile("/etc/os-release").catch(() => "")),
    cpus: navigator.hardwareConcurrency,
    qemu: versions.find((version) => version !== noQemu) ?? noQemu,
    libbpf: libraryVersion(await Deno.realPath(libbpf).catch(() => libbpf)),
    deno: Deno.version.deno,
  };
}

/** The name in os-release(5), or the bare word "linux". */
export function osName(release: string): string {
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? Deno.build.os;
}

/** The version in the name of a library: "1.1.2" of libbpf.so.1.1.2. */
export function libraryVersion(path: string): string {
  return /\.so\.([0-9.]+)$/.exec(path)?.[1] ?? "unknown";
}

/** What stands for the version where there is no QEMU. */
export const noQemu = "none";

/** The first whose sandbox can be told what to deny. */
export const oldestQemu = "2.11";

/** Whether a QEMU is too old for what it is asked here; one without a version is tried. */
export function isTooOld(version: string): boolean {
  const [major = NaN, minor = 0] = version.split(".").map(Number);
  const [least = 0, leastMinor = 0] = oldestQemu.split(".").map(Number);
  return major < least || (major === least && minor < leastMinor);
}

async function qemuVersion(name: string): Promise<string> {
  try {
    const qemu = new Deno.Command(name, { args: ["--version"] });
    const { stdout } = await qemu.output();
    return /version ([0-9.]+)/.exec(new TextDecoder().decode(stdout))?.[1] ??
      "unknown";
  } catch {
    return noQemu;
  }
}
