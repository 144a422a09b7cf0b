/**
 * What the claims read of this process's mappings.
 *
 * @module
 */

import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { mappingsIn, residentOf } from "../claims/mappings.ts";

const maps = `7f0000000000-7f0000001000 rw-s 00000000 00:0e 8 anon_inode:bpf-map
7f0000001000-7f0000004000 r--s 00001000 00:0e 8 anon_inode:bpf-map
7f0000004000-7f0000006000 rw-s 00000000 00:0e 9 anon_inode:[perf_event]
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]
`;

/** The same with what a kernel says that has CONFIG_PROC_PAGE_MONITOR. */
const smaps = maps.replaceAll(
  /$(?=\n)/gm,
  "\nSize:                  4 kB\nRss:                  12 kB\nPss:                   8 kB",
);

const sizes = [["bpf-map", 4096], ["bpf-map", 12288], ["perf_event", 8192]];

describe("the mappings of buffers", () => {
  it("are found in smaps, with what is resident", () => {
    const found = mappingsIn(smaps);
    assert.deepEqual(found.map(({ kind, size }) => [kind, size]), sizes);
    assert.deepEqual(residentOf(found), { rss: 3 * 12288, pss: 3 * 8192 });
  });

  it("are found in maps, where nobody tells what is resident", () => {
    const found = mappingsIn(maps);
    assert.deepEqual(found.map(({ kind, size }) => [kind, size]), sizes);
    assert.equal(residentOf(found), undefined);
  });

  it("that are none take nothing", () => {
    assert.deepEqual(residentOf([]), { rss: 0, pss: 0 });
  });
});
