/**
 * The rows of the matrix, as data. Version numbers of kernels occur only here.
 *
 * @module
 */
import type { DebianArchive, Kernel, Source } from "./kernel.ts";

function debian(image: RegExp, ...archives: DebianArchive[]): Source {
  return { kind: "debian", archives, image };
}

function snapshot(at: string): DebianArchive {
  return { site: "snapshot", suite: "sid", at };
}

const bullseye = debian(
  /^linux-image-5\.10\.\d+-\d+-amd64$/,
  { site: "debian", suite: "bullseye" },
  { site: "security", suite: "bullseye-security" },
);

/** Every row that has a name, oldest kernel first, the simulated row last. */
export const kernels: readonly Kernel[] = [
  {
    id: "debian-4.9",
    label: "Debian 4.9 (stretch)",
    source: debian(
      /^linux-image-4\.9\.\d+-\d+-amd64$/,
      { site: "archive", suite: "stretch" },
      { site: "archive", suite: "stretch/updates" },
    ),
    cmdline: [],
  },
  {
    id: "debian-4.19",
    label: "Debian 4.19 (buster)",
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
    source: debian(
      /^linux-image-5\.4\.\d+-\d+-amd64$/,
      snapshot("20200301T000000Z"),
    ),
    cmdline: [],
  },
  {
    id: "debian-5.7",
    label: "Debian 5.7 (snapshot)",
    source: debian(
      /^linux-image-5\.7\.\d+-\d+-amd64$/,
      snapshot("20200801T000000Z"),
    ),
    cmdline: [],
  },
  {
    id: "debian-5.8",
    label: "Debian 5.8 (snapshot)",
    source: debian(
      /^linux-image-5\.8\.\d+-\d+-amd64$/,
      snapshot("20201001T000000Z"),
    ),
    cmdline: [],
  },
  {
    id: "debian-5.10",
    label: "Debian 5.10 (bullseye)",
    source: bullseye,
    cmdline: [],
  },
  {
    id: "debian-6.1",
    label: "Debian 6.1 (bookworm)",
    source: debian(
      /^linux-image-6\.1\.\d+-\d+-amd64$/,
      { site: "debian", suite: "bookworm" },
      { site: "security", suite: "bookworm-security" },
    ),
    cmdline: [],
  },
  {
    id: "debian-6.12",
    label: "Debian 6.12 (trixie)",
    source: debian(
      /^linux-image-6\.12\.\d+\+deb13(\.\d+)?-amd64$/,
      { site: "debian", suite: "trixie" },
      { site: "security", suite: "trixie-security" },
    ),
    cmdline: [],
  },
  {
    // Debian's 7.x packages hold the image in linux-binary; linux-image is empty.
    id: "debian-7",
    label: "Debian 7 (trixie-backports, sid)",
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
    source: bullseye,
    cmdline: ["lsm=bpf"],
    simulated: "ring buffers refused by a BPF LSM",
  },
];
