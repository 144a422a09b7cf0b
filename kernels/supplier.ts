/**
 * The one interface of all sources of images.
 *
 * @module
 */
import type { Arch } from "./arch.ts";
import type { Keeping, Kernel, ProvisionOptions, Source } from "./kernel.ts";

/** An image that was had, wherever it came from. */
export interface Supply {
  /** The path of the image. */
  readonly path: string;
  readonly release: string;
  /** Whose processor the image is for. */
  readonly arch: Arch;
  /** In hex. */
  readonly imageSha256: string;
  /** The URL or path that it came from. */
  readonly from: string;
  /** The path of the configuration it was built with, where that is known. */
  readonly config?: string;
}

/** Gets images of one kind of source. */
export interface Supplier<S extends Source> {
  /**
   * The image of a row. Throws `Unavailable` or `NotAnImage` with a reason of
   * one line, or the signal's reason.
   */
  have(kernel: Kernel, source: S, options: ProvisionOptions): Promise<Supply>;
  /**
   * What a run would have, if it is on this machine and whole; nothing where
   * the lock would not let it be had. Asks nobody else. Throws `Unread` where
   * that cannot be told.
   */
  cached(
    kernel: Kernel,
    source: S,
    keeping: Keeping,
  ): Promise<Supply | undefined>;
  /** What to do where it could not be had, for the end of a message. */
  wayOut(kernel: Kernel, source: S, options: ProvisionOptions): string;
}
