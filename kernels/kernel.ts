/**
 * Where programs run: a kernel that can be named, had and booted.
 *
 * @module
 */

import type { Arch } from "./arch.ts";

/** A host or its mirrors, by what they hold and not by their names. */
export type Site =
  | "debian"
  | "security"
  | "archive"
  | "snapshot"
  | "ubuntu"
  | "old-ubuntu"
  | "alma"
  | "fedora"
  | "old-fedora";

/** A part of a site that has an index of its own. */
export interface Archive {
  readonly site: Site;
  /**
   * For apt the folder below `dists/`, such as `bookworm` or `buster/updates`;
   * for rpm the folder that has `repodata/`, such as `9/BaseOS/x86_64/os`.
   */
  readonly suite: string;
  /** For site `snapshot`: the moment, such as `20200301T000000Z`. */
  readonly at?: string;
  /** For apt: whose packages; x86_64's where it is not said. */
  readonly arch?: Arch;
}

/** The newest package whose name matches `image`, of any of `archives`. */
export interface ArchiveSource {
  /** The format of the index, and of the packages. */
  readonly kind: "apt" | "rpm";
  readonly archives: readonly Archive[];
  /**
   * Matches the whole name of the package that holds the image. The names of
   * rpm have the version in them: `kernel-core-4.18.0-553.el8_10.x86_64`.
   */
  readonly image: RegExp;
}

/** What is on this machine already: an image, a package, a folder of a kernel's build. */
export interface FileSource {
  readonly kind: "file";
  readonly path: string;
}

/** An image or a package at an address, known by its contents. */
export interface UrlSource {
  readonly kind: "url";
  readonly url: string;
  /** In hex, 64 digits. */
  readonly sha256: string;
}

/** Where a row's image comes from. */
export type Source = ArchiveSource | FileSource | UrlSource;

/** One row by its name, whichever way its machine is made. */
export interface Named {
  /** What the command line and the reports call it, such as `debian-5.10`. */
  readonly id: string;
  /** What a reader is shown, such as `Debian 5.10 (bullseye)`. */
  readonly label: string;
  /** What it is in the list for, in one line; one of the user's own has none. */
  readonly role?: string;
  /** Which buffer the kernel is known to have for events; nobody here looks at it. */
  readonly expects?: "ring" | "perf";
  /** Why the row is labelled simulated; absent where it is not. */
  readonly simulated?: string;
}

/** One row: a kernel that can be named, had and booted. */
export interface Kernel extends Named {
  readonly source: Source;
  /** Whose kernel it is; not said of an own one, whose image tells. */
  readonly arch?: Arch;
  /** Extra kernel parameters, such as `lsm=bpf`. */
  readonly cmdline: readonly string[];
}

/** An image on this machine, ready to boot. */
export interface Image {
  readonly kernel: Kernel;
  readonly path: string;
  /** First word of the version that the image tells, such as `5.10.0-46-amd64`. */
  readonly release: string;
  readonly arch: Arch;
  /** Of the image, in hex. */
  readonly sha256: string;
  /** The URL of the package, or the path of the file. */
  readonly from: string;
  /** The path of the configuration it was built with, where there is one. */
  readonly config?: string;
}

/** One package, and where it was had: the site is named, not its host, so that mirrors may change. */
export interface Pin {
  readonly name: string;
  readonly version: string;
  /** Path below the archive. */
  readonly filename: string;
  readonly size: number;
  /** In hex, 64 digits. */
  readonly sha256: string;
  readonly archive: Archive;
  /** Why the signature of the index that named it was not checked, where it was not. */
  readonly unchecked?: string;
}

/** The exact packages of rows, by their ids: what `kernels.lock` holds. */
export type Lock = Readonly<Record<string, Pin>>;

/** Where rows are kept, and which packages are meant. */
export interface Keeping {
  /** The folder whose `kernels` folder keeps images and indexes. */
  readonly cache: string;
  /** Rows of archives are had as it says, without asking an index; one that is not in it is not to be had. */
  readonly lock?: Lock | undefined;
}

/** How a row may be had. */
export interface ProvisionOptions extends Keeping {
  /** URLs that replace those of the sites, by {@link Site}. */
  readonly mirrors?: Readonly<Record<string, string>>;
  /** Never asks the network. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  /** Takes one line about what is done now. */
  readonly progress?: (text: string) => void;
  /** Takes one line about what is not as it should be, though the row is had. */
  readonly warn?: (text: string) => void;
  /** Paths of the keyrings that are believed instead of the distribution's own. */
  readonly keyrings?: readonly string[];
  /** Longest wait for a byte; 30 s where it is not given. */
  readonly stallMs?: number;
}

/** Thrown when a row cannot be had; `message` is one line for the matrix. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Thrown where it is this machine that lacks something, and `message` says what; no other archive would help. */
export class Lacking extends Unavailable {}
