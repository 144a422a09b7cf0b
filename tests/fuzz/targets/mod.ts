/**
 * All that is fuzzed.
 *
 * @module
 */

import type { Target } from "../target.ts";
import { archives } from "./archives.ts";
import { btf } from "./btf.ts";
import { buffers } from "./buffers.ts";
import { images } from "./images.ts";
import { indexes } from "./indexes.ts";
import { signed } from "./signed.ts";
import { words } from "./words.ts";

/** By what they read: buffers, types, archives, indexes, images, words. */
export const targets: readonly Target[] = [
  ...buffers,
  btf,
  ...archives,
  ...indexes,
  signed,
  ...images,
  ...words,
];
