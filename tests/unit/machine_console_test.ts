/**
 * What a console tells about its guest's end, and that it stays small whatever it is sent.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Console, symptom } from "../../kernels/console.ts";
import { Dice } from "./dice.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A line as a kernel writes it → what is told, and whether at once. */
const LINES: readonly [string, string, "now" | "end" | "silence"][] = [
  [
    "[    1.2] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b",
    "The kernel panicked: Attempted to kill init! exitcode=0x0000000b",
    "now",
  ],
  [
    "Kernel panic - not syncing: Out of memory and no killable processes...",
    "The guest ran out of memory: give it more memory (option --memory)",
    "now",
  ],
  [
    "Kernel panic - not syncing: System is deadlocked on memory",
    "The guest ran out of memory: give it more memory (option --memory)",
    "now",
  ],
  [
    "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    "The kernel found no first process (VFS: Unable to mount root fs): it lacks " +
    "CONFIG_BLK_DEV_INITRD, or the archive did not fit its memory (option --memory)",
    "now",
  ],
  [
    "Initramfs unpacking failed: write error",
    "The kernel could not unpack the archive (write error): give it more memory (option --memory)",
    "now",
  ],
  [
    "ringside: start /bin/deno: errno 2",
    "The first process could not start /bin/deno: errno 2",
    "now",
  ],
  [
    "Out of memory: Killed process 28 (deno) total-vm:18469992kB, anon-rss:394840kB",
    "The guest ran out of memory and the kernel killed deno: give it more memory (option --memory)",
    "end",
  ],
  [ // up to Linux 5.0
    "Out of memory: Kill process 61 (deno) score 640 or sacrifice child",
    "The guest ran out of memory and the kernel killed deno: give it more memory (option --memory)",
    "end",
  ],
  [
    "# Check failed: 0 == ret.",
    "V8 cannot start: the kernel lacks CONFIG_ADVISE_SYSCALLS (madvise)",
    "end",
  ],
  [
    "BUG: unable to handle page fault for address: ffffffffc0000000",
    "The kernel oopsed: BUG: unable to handle page fault for address: ffffffffc0000000",
    "end",
  ],
  ["reboot: Restarting system", "The guest rebooted", "silence"],
  [
    "[    7.1] reboot: Power down",
    "The guest powered off before its program ended",
    "silence",
  ],
];

describe("a line of the console", () => {
  for (const [line, why, loses] of LINES) {
    it(`tells: ${line.slice(0, 60)}`, () =>
      assert.deepEqual(symptom(line), { why, loses }));
  }

  it("tells nothing when it is a warning like any other", () => {
    assert.equal(
      symptom("Spectre V2 : Kernel not compiled with retpoline"),
      undefined,
    );
    assert.equal(
      symptom("ringside: credit entropy by /dev/urandom: errno 13"),
      undefined,
    );
  });
});

describe("a console", () => {
  it("finds a symptom however its bytes are cut, and keeps the first", () => {
    const text = encode(
      "a\r\nBUG: unable to handle X\r\nKernel panic - not syncing: Y\r\n",
    );
    for (let seed = 1; seed <= 100; seed++) {
      const dice = new Dice(seed);
      const told: string[] = [];
      const console = new Console(({ why }) => told.push(why));
      for (let at = 0; at < text.length;) {
        const size = 1 + dice.below(20);
        console.write(text.subarray(at, at + size));
        at += size;
      }
      assert.deepEqual(told, [
        "The kernel oopsed: BUG: unable to handle X",
        "The kernel panicked: Y",
      ]);
      assert.equal(console.symptom?.why, told[0]);
      assert.ok(console.fatal);
      assert.equal(
        console.tail(),
        "a\nBUG: unable to handle X\nKernel panic - not syncing: Y",
      );
    }
  });

  it("shows its last 40 lines and how much came before", () => {
    const console = new Console();
    for (let line = 0; line < 100; line++) {
      console.write(encode(`line ${line}\n`));
    }
    const lines = console.tail().split("\n");
    assert.equal(lines.length, 41);
    assert.match(lines[0] ?? "", /^… \d+ bytes before this$/);
    assert.equal(lines.at(-1), "line 99");
  });

  it("drops carriage returns, colours and control characters, and shows half a line", () => {
    const console = new Console();
    console.write(encode("\x1b[2J\x1b[31mred\x1b[0m\x07 end\r\nhalf"));
    assert.equal(console.tail(), "red end\nhalf");
    assert.equal(console.lastLine, "half");
  });

  it("stays small when one line never ends and when lines never stop", () => {
    for (const text of ["x".repeat(1 << 16), "short\n".repeat(10_000)]) {
      const console = new Console();
      const chunk = encode(text);
      for (let i = 0; i < 100; i++) console.write(chunk);
      assert.equal(console.bytes, chunk.length * 100);
      assert.ok(console.tail().length <= 256 << 10, `${console.tail().length}`);
    }
  });

  it("survives bytes that are no text", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const dice = new Dice(seed);
      const console = new Console();
      console.write(Uint8Array.from({ length: 5000 }, () => dice.below(256)));
      assert.equal(typeof console.tail(), "string");
    }
  });
});
