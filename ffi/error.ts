/**
 * The one error of the SDK.
 *
 * @module
 */

import { errnoName, remedyOf } from "./errno.ts";

/** What is known about a failure beside the action that failed. */
export interface BpfErrorOptions {
  /** The kernel's or libbpf's errno, positive. */
  readonly errno?: number;
  /** Why, in words; left out where the errno says it all. */
  readonly cause?: string;
  /** What the reader can do about it; by default what helps against the errno, if anything is known to. */
  readonly remedy?: string;
  /** What libbpf said during the call, the verifier's log included. */
  readonly log?: string;
  /** The exception behind it, which becomes the error's `cause`. */
  readonly thrown?: unknown;
}

/**
 * An action that failed: `Cannot load "exec.bpf.o": EPERM (run as root or grant
 * CAP_BPF)`. Sentence case, no period: action, thing, cause, way out.
 */
export class BpfError extends Error {
  /** The errno, positive, or 0 where the failure was not a system call's. */
  readonly errno: number;
  /** The errno's name, `"EPERM"`, or `""`. */
  readonly code: string;
  /** What libbpf said during the call, the verifier's log included; may be empty. */
  readonly log: string;

  /** `action` completes the sentence "Cannot …". */
  constructor(action: string, options: BpfErrorOptions = {}) {
    const errno = options.errno ?? 0;
    const code = errno === 0 ? "" : errnoName(errno);
    const cause = [code, options.cause ?? ""].filter((part) => part !== "");
    const remedy = options.remedy ?? remedyOf(errno);
    const wayOut = remedy === undefined ? "" : ` (${remedy})`;
    super(
      `Cannot ${[action, ...cause].join(": ")}${wayOut}`,
      "thrown" in options ? { cause: options.thrown } : {},
    );
    this.name = "BpfError";
    this.errno = errno;
    this.code = code;
    this.log = options.log ?? "";
  }
}
