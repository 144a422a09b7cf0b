/**
 * Sizes of rings on pages of every size.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ringSize } from "../../ffi/ring_size.ts";

describe("ringSize", () => {
  it("rounds up to a power of two of pages", () => {
    const sizes = [1, 4096, 4097, 12_288, 65_536, 65_537, 1 << 20];
    const rounded = (page: number): number[] =>
      sizes.map((size) => ringSize(size, page) / page);
    assert.deepEqual(rounded(4096), [1, 1, 2, 4, 16, 32, 256]);
    assert.deepEqual(rounded(16_384), [1, 1, 1, 1, 4, 8, 64]);
    assert.deepEqual(rounded(65_536), [1, 1, 1, 1, 1, 2, 16]);
  });

  it("leaves to the kernel what it has to refuse", () => {
    const sizes = [0, 2 ** 31 + 1, 2 ** 32 - 1];
    assert.deepEqual(sizes.map((size) => ringSize(size, 65_536)), sizes);
    assert.equal(ringSize(2 ** 31, 65_536), 2 ** 31);
  });
});
