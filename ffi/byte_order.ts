/**
 * The byte order of this machine, which is that of its kernel's structs.
 *
 * @module
 */

import { endianness } from "node:os";

/** True where the low byte comes first: the second argument of DataView's accessors. */
export const littleEndian = endianness() === "LE";
