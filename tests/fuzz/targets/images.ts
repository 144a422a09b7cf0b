/**
 * Kernel images: the header of a bzImage, the segments and the notes of a vmlinux,
 * the configuration within, and what a configuration lacks.
 *
 * @module
 */

import assert from "node:assert/strict";
import { lacks } from "../../../kernels/config.ts";
import { readElf } from "../../../kernels/elf.ts";
import { NotAnImage, payloadOf, readHeader } from "../../../kernels/image.ts";
import {
  declared,
  inFile,
  isOneOf,
  isPlain,
  type Target,
  text,
} from "../target.ts";

const isDeclared = isOneOf(NotAnImage);

const image: Target = {
  name: "image",
  words: ["HdrS", "\x7fELF", "Linux version 6.1.0 (x) ", "ARM\x64", "IKCFG_ST"],
  run: (input) =>
    inFile(input, async (path) => {
      const header = await declared(isDeclared, () => readHeader(path));
      if (header === undefined) return;
      assert.match(header.release, /^[\x21-\x7e]+$/);
      payloadOf(path);
    }),
};

const elf: Target = {
  name: "elf",
  words: ["\x7fELF\x02\x01\x01", "Xen\0", "Linux version ", "\x12\0\0\0"],
  run: image.run,
};

const library: Target = {
  name: "library",
  words: ["\x7fELF\x02\x01\x01", "libc.so.6\0", "\x12\0\0\0", "/lib64/ld"],
  run: (input) =>
    inFile(input, (path) => declared(isPlain, () => void readElf(path))),
};

const config: Target = {
  name: "config",
  words: ["CONFIG_BPF_SYSCALL=y\n", "# CONFIG_X is not set\n", "=m\n", "\n"],
  run: (input) => void lacks(text(input)),
};

/** All of them. */
export const images: readonly Target[] = [image, elf, library, config];
