/**
 * The rows of the matrix, as data. Version numbers of kernels occur only here.
 *
 * @module
 */
import { arm64Rows } from "./list_arm64.ts";
import type { Archive, Kernel, Source } from "./kernel.ts";

/** A row of the list says what it is there for. */
export type ListedKernel =
  & Kernel
  & Required<Pick<Kernel, "arch" | "role" | "expects">>;

function debian(image: RegExp, ...archives: Archive[]): Source {
  return { kind: "apt", archives, image };
}

function snapshot(at: string): Archive {
  return { site: "snapshot", suite: "sid", at };
}

function ubuntu(
  image: RegExp,
  name: string,
  site: "ubuntu" | "old-ubuntu" = "ubuntu",
): Source {
  const suites = [name, `${name}-updates`, `${name}-security`];
  const archives = suites.map((suite) => ({ site, suite }));
  return { kind: "apt", archives, image };
}

function rpm(image: RegExp, ...archives: Archive[]): Source {
  return { kind: "rpm", archives, image };
}

const bullseye = debian(
  /^linux-image-5\.10\.\d+-\d+-amd64$/,
  { site: "debian", suite: "bullseye" },
  { site: "security", suite: "bullseye-security" },
);

const fedora = "releases/42/Everything/x86_64/os";

/** Oldest kernel first, the simulated row last. */
const x86Rows: readonly Omit<ListedKernel, "arch">[] = [
  {
    id: "debian-4.9",
    label: "Debian 4.9 (stretch)",
    role: "the oldest of all",
    expects: "perf",
    source: debian(
      /^linux-image-4\.9\.\d+-\d+-amd64$/,
      { site: "archive", suite: "stretch" },
      { site: "archive", suite: "stretch/updates" },
    ),
    cmdline: [],
  },
  {
    id: "alma-8",
    label: "AlmaLinux 8 (4.18)",
    role: "a 4.18 that has rings by backport: versions lie",
    expects: "ring",
    source: rpm(
      /^kernel-core-4\.18\.0-[\d.]+\.el8(_\d+)?(\.alma\.\d+)?\.x86_64$/,
      { site: "alma", suite: "8/BaseOS/x86_64/os" },
    ),
    cmdline: [],
  },
  {
    id: "debian-4.19",
    label: "Debian 4.19 (buster)",
    role: "the old kernel that is met most",
    expects: "perf",
    source: debian(
      /^linux-image-4\.19\.\d+-\d+-amd64$/,
      { site: "archive", suite: "buster" },
      { site: "archive", suite: "buster/updates" },
    ),
    cmdline: [],
  },
  {
    // The last moments at which sid carried these: 5.4.19, 5.7.10 and 5.8.10,
    // the nearest neighbours of Linux 5.8 on both sides.
    id: "debian-5.4",
    label: "Debian 5.4 (snapshot)",
    role: "a long-term kernel without rings",
    expects: "perf",
    source: debian(
      /^linux-image-5\.4\.\d+-\d+-amd64$/,
      snapshot("20200301T000000Z"),
    ),
    cmdline: [],
  },
  {
    id: "ubuntu-5.4",
    label: "Ubuntu 5.4 (focal)",
    role: "a vendor's 5.4 of many clouds",
    expects: "perf",
    source: ubuntu(/^linux-image-5\.4\.0-\d+-generic$/, "focal"),
    cmdline: [],
  },
  {
    id: "debian-5.7",
    label: "Debian 5.7 (snapshot)",
    role: "the last without rings",
    expects: "perf",
    source: debian(
      /^linux-image-5\.7\.\d+-\d+-amd64$/,
      snapshot("20200801T000000Z"),
    ),
    cmdline: [],
  },
  {
    id: "debian-5.8",
    label: "Debian 5.8 (snapshot)",
    role: "the first with rings",
    expects: "ring",
    source: debian(
      /^linux-image-5\.8\.\d+-\d+-amd64$/,
      snapshot("20201001T000000Z"),
    ),
    cmdline: [],
  },
  {
    id: "ubuntu-5.8",
    label: "Ubuntu 5.8 (groovy)",
    role: "a vendor's first with rings",
    expects: "ring",
    source: ubuntu(
      /^linux-image-5\.8\.0-\d+-generic$/,
      "groovy",
      "old-ubuntu",
    ),
    cmdline: [],
  },
  {
    id: "debian-5.10",
    label: "Debian 5.10 (bullseye)",
    role: "the last that charges maps against RLIMIT_MEMLOCK",
    expects: "ring",
    source: bullseye,
    cmdline: [],
  },
  {
    id: "alma-9",
    label: "AlmaLinux 9 (5.14)",
    role: "a 5.14 with years of backports",
    expects: "ring",
    source: rpm(
      /^kernel-core-5\.14\.0-[\d.]+\.el9(_\d+)?(\.alma\.\d+)?\.x86_64$/,
      { site: "alma", suite: "9/BaseOS/x86_64/os" },
    ),
    cmdline: [],
  },
  {
    id: "ubuntu-5.15",
    label: "Ubuntu 5.15 (jammy)",
    role: "a vendor's 5.15 of many clouds",
    expects: "ring",
    source: ubuntu(/^linux-image-5\.15\.0-\d+-generic$/, "jammy"),
    cmdline: [],
  },
  {
    id: "debian-6.1",
    label: "Debian 6.1 (bookworm)",
    role: "a long-term kernel with rings that user space fills",
    expects: "ring",
    source: debian(
      /^linux-image-6\.1\.\d+-\d+-amd64$/,
      { site: "debian", suite: "bookworm" },
      { site: "security", suite: "bookworm-security" },
    ),
    cmdline: [],
  },
  {
    id: "ubuntu-6.8",
    label: "Ubuntu 6.8 (noble)",
    role: "a vendor's 6.8 of many clouds",
    expects: "ring",
    source: ubuntu(/^linux-image-6\.8\.0-\d+-generic$/, "noble"),
    cmdline: [],
  },
  {
    id: "debian-6.12",
    label: "Debian 6.12 (trixie)",
    role: "a long-term kernel of today",
    expects: "ring",
    source: debian(
      /^linux-image-6\.12\.\d+\+deb13(\.\d+)?-amd64$/,
      { site: "debian", suite: "trixie" },
      { site: "security", suite: "trixie-security" },
    ),
    cmdline: [],
  },
  {
    id: "fedora-6.14",
    label: "Fedora 6.14 (42)",
    role: "near to the kernel as its makers release it",
    expects: "ring",
    source: rpm(
      /^kernel-core-6\.14\.\d+-\d+\.fc42\.x86_64$/,
      { site: "fedora", suite: fedora },
      { site: "old-fedora", suite: fedora },
    ),
    cmdline: [],
  },
  {
    // Debian's 7.x packages hold the image in linux-binary; linux-image is empty.
    id: "debian-7",
    label: "Debian 7 (trixie-backports, sid)",
    role: "the newest there is",
    expects: "ring",
    source: debian(
      /^linux-binary-7\.\d+(\.\d+)?\+deb\d+-amd64$/,
      { site: "debian", suite: "trixie-backports" },
      { site: "debian", suite: "sid" },
    ),
    cmdline: [],
  },
  {
    id: "masked-5.10",
    label: "Debian 5.10 without ring buffers",
    role: "the fallback, end to end, on every machine",
    expects: "perf",
    source: bullseye,
    cmdline: ["lsm=bpf"],
    simulated: "ring buffers refused by a BPF LSM",
  },
];

/** Every row that has a name: those of x86-64, and behind them those of arm64. */
export const kernels: readonly ListedKernel[] = [
  ...x86Rows.map((row) => ({ ...row, arch: "x86_64" as const })),
  ...arm64Rows,
];
