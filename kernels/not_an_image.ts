/**
 * A file is not what can be booted.
 *
 * @module
 */

/** Thrown for a file that cannot be booted; `message` is the reason without the file's name. */
export class NotAnImage extends Error {
  override readonly name = "NotAnImage";
}
