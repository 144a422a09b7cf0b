/**
 * The rows for arm64, as data: what Debian has for it.
 *
 * @module
 */
import type { Archive, Kernel, Site, Source } from "./kernel.ts";

function debian(
  image: RegExp,
  ...suites: (readonly [site: Site, suite: string])[]
): Source {
  const arch = "aarch64" as const;
  const archives = suites.map(([site, suite]): Archive => ({
    site,
    suite,
    arch,
  }));
  return { kind: "apt", archives, image };
}

const trixie = [
  ["debian", "trixie"],
  ["security", "trixie-security"],
] as const;

const common = { arch: "aarch64", expects: "ring", cmdline: [] } as const;

/** Oldest kernel first. */
export const arm64Rows: readonly (Kernel & {
  readonly arch: "aarch64";
  readonly role: string;
  readonly expects: "ring" | "perf";
})[] = [
  {
    ...common,
    id: "debian-5.10-arm64",
    label: "Debian 5.10 (bullseye) for arm64",
    role: "another processor, before its BPF trampolines (6.0)",
    source: debian(
      /^linux-image-5\.10\.\d+-\d+-arm64$/,
      ["debian", "bullseye"],
      ["security", "bullseye-security"],
    ),
  },
  {
    ...common,
    id: "debian-6.1-arm64",
    label: "Debian 6.1 (bookworm) for arm64",
    role: "a long-term kernel on another processor",
    source: debian(
      /^linux-image-6\.1\.\d+-\d+-arm64$/,
      ["debian", "bookworm"],
      ["security", "bookworm-security"],
    ),
  },
  {
    ...common,
    id: "debian-6.12-arm64",
    label: "Debian 6.12 (trixie) for arm64",
    role: "today's long-term kernel on another processor",
    source: debian(
      /^linux-image-6\.12\.\d+\+deb13(\.\d+)?-arm64$/,
      ...trixie,
    ),
  },
  {
    ...common,
    id: "debian-6.12-16k-arm64",
    label: "Debian 6.12 (trixie) for arm64 with pages of 16K",
    role: "pages that do not have 4096 bytes",
    source: debian(
      /^linux-image-6\.12\.\d+\+deb13(\.\d+)?-arm64-16k$/,
      ...trixie,
    ),
  },
  {
    ...common,
    id: "debian-7-arm64",
    label: "Debian 7 (trixie-backports, sid) for arm64",
    role: "the newest there is on another processor",
    source: debian(
      /^linux-binary-7\.\d+(\.\d+)?\+deb\d+-arm64$/,
      ["debian", "trixie-backports"],
      ["debian", "sid"],
    ),
  },
];
