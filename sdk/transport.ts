/**
 * Which of the two transports, and why.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { type ProbeOptions, probeRing } from "./probe.ts";

/** How events get from the kernel to here. */
export type Transport = "ring" | "perf";

/** A transport and the reason for it, in one line. */
export interface Choice {
  readonly transport: Transport;
  readonly reason: string;
}

/**
 * `"auto"` takes the ring where the kernel has one and perf where it has none;
 * to ask for the ring on a kernel without one is an error, for perf never. With
 * `overwrite` a ring counts only if it can overwrite: perf buffers always can.
 */
export function chooseTransport(
  wish: "auto" | Transport,
  options: ProbeOptions = {},
): Choice {
  if (wish === "perf") return { transport: "perf", reason: "asked for" };
  const { has, reason, errno } = probeRing(options);
  if (has) return { transport: "ring", reason };
  if (wish === "auto") return { transport: "perf", reason };
  throw new BpfError("use the ring that was asked for", {
    errno,
    cause: reason.split(": ").at(-1) ?? reason,
    remedy: 'ask for transport "auto" or "perf"',
  });
}
