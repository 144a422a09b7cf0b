/**
 * The processors that guests may have, as data.
 *
 * @module
 */

/** As `uname -m` and Deno call it. */
export type Arch = "x86_64" | "aarch64";

/** What is called otherwise on another processor. */
export interface ArchFacts {
  /** What readers are told. */
  readonly label: string;
  /** Debian's name of it. */
  readonly debian: string;
  /** The program that emulates it, and the package of Debian that has that. */
  readonly qemu: string;
  readonly qemuPackage: string;
  /** What clang compiles for. */
  readonly target: string;
  /** Deno's package of npm. */
  readonly deno: string;
}

/** Every processor that there are rows for. */
export const arches: Readonly<Record<Arch, ArchFacts>> = {
  x86_64: {
    label: "x86-64",
    debian: "amd64",
    qemu: "qemu-system-x86_64",
    qemuPackage: "qemu-system-x86",
    target: "x86_64-linux-gnu",
    deno: "@deno/linux-x64-glibc",
  },
  aarch64: {
    label: "arm64",
    debian: "arm64",
    qemu: "qemu-system-aarch64",
    qemuPackage: "qemu-system-arm",
    target: "aarch64-linux-gnu",
    deno: "@deno/linux-arm64-glibc",
  },
};

/** That of this machine: guests that have it run what is installed here. */
export const hostArch: Arch = Deno.build.arch;
