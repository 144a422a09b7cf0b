/**
 * Where programs run: a kernel that can be named, had and booted.
 *
 * @module
 */

/** A part of Debian's archive, by what it holds and not by its host. */
export type Site = "debian" | "security" | "archive" | "snapshot";

/** One suite of one site, as a line of apt's sources names it. */
export interface DebianArchive {
  readonly site: Site;
  /** The folder below `dists/`, such as `bookworm` or `buster/updates`. */
  readonly suite: string;
  /** For site `snapshot`: the moment, such as `20200301T000000Z`. */
  readonly at?: string;
}

/** Debian's newest package whose name matches `image`, of any of `archives`. */
export interface DebianSource {
  readonly kind: "debian";
  readonly archives: readonly DebianArchive[];
  /** Matches the whole name of the package that holds the image. */
  readonly image: RegExp;
}

/** An image that is on this machine already. */
export interface FileSource {
  readonly kind: "file";
  readonly path: string;
}

/** Where a row's image comes from. */
export type Source = DebianSource | FileSource;

/** One row: a kernel that can be named, had and booted. */
export interface Kernel {
  /** What the command line and the reports call it, such as `debian-5.10`. */
  readonly id: string;
  /** What a reader is shown, such as `Debian 5.10 (bullseye)`. */
  readonly label: string;
  readonly source: Source;
  /** Extra kernel parameters, such as `lsm=bpf`. */
  readonly cmdline: readonly string[];
  /** Why the row is labelled simulated; absent where it is not. */
  readonly simulated?: string;
}

/** An image on this machine, ready to boot. */
export interface Image {
  readonly kernel: Kernel;
  readonly path: string;
  /** First word of the header's version string, such as `5.10.0-46-amd64`. */
  readonly release: string;
  readonly arch: "x86_64";
  /** Of the image, in hex. */
  readonly sha256: string;
  /** The URL of the package, or the path of the file. */
  readonly from: string;
}

/** How a row may be had. */
export interface ProvisionOptions {
  /** The folder whose `kernels` folder keeps images and indexes. */
  readonly cache: string;
  /** URLs that replace those of Debian's sites, by {@link Site}. */
  readonly mirrors?: Readonly<Record<string, string>>;
  /** Never asks the network. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  /** Takes one line about what is done now. */
  readonly progress?: (text: string) => void;
  /** Takes one line about what is not as it should be, though the row is had. */
  readonly warn?: (text: string) => void;
  /** Paths of the keyrings that are believed instead of Debian's own. */
  readonly keyrings?: readonly string[];
  /** Longest wait for a byte; 30 s where it is not given. */
  readonly stallMs?: number;
}

/** Thrown when a row cannot be had; `message` is one line for the matrix. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
