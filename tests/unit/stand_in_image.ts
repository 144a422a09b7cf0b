/**
 * An image for the stand-in for QEMU, which boots none.
 *
 * @module
 */
import type { Image } from "../../kernels/kernel.ts";

/** There is no such file. */
export const image: Image = {
  kernel: {
    id: "k",
    label: "K",
    source: { kind: "file", path: "/k" },
    cmdline: [],
  },
  path: "/k",
  release: "1.2.3",
  arch: "x86_64",
  sha256: "5e",
  from: "/k",
};
