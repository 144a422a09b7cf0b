/**
 * The tutorial's pictures, by their files' names.
 *
 * @module
 */
import { perfPicture } from "./perf_picture.ts";
import { powerPicture } from "./power_picture.ts";
import { ringPicture } from "./ring_picture.ts";

/** Below docs/pictures/. */
export const pictures: Readonly<Record<string, () => string>> = {
  "perf-buffer.svg": perfPicture,
  "ring-buffer.svg": ringPicture,
  "power-of-two.svg": powerPicture,
};
