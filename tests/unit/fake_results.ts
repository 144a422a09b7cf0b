/**
 * Made-up results for the tests of what is made of results.
 *
 * @module
 */
import type { Cell, Outcome, Results, Row } from "../results.ts";

const sentences: Readonly<Record<string, string>> = {
  F1: "Creating a ring buffer map succeeds from 5.8 and answers EINVAL before",
  O4:
    "Ring: order is that of reservation, not of submission; a record that is reserved and not yet submitted holds back all later ones",
  R1:
    "Full ring: reserve → NULL, output → -EAGAIN, reserve_dynptr → -EINVAL (5.19+)",
  R5:
    "A failed reserve leaves the positions as they were; after the consumer frees space it succeeds again",
  Q1: "BPF_RB_RING_SIZE is max_entries",
};

/** What one of them corrects. */
const corrects = {
  said: "Events come in the order in which they were submitted",
  right: "In the order in which they were reserved",
};

/** A cell of one of the five made-up claims. */
export function fakeCell(id: string, verdict: Outcome, why?: string): Cell {
  return {
    id,
    title: sentences[id] ?? `Sentence ${id}`,
    source: 'commit 457f44363a88 ("bpf: Implement BPF ring buffer")',
    since: "5.8",
    ...(id === "O4" && { corrects }),
    verdict,
    ms: verdict === "lost" ? 0 : 12.5,
    ...(why !== undefined && { why }),
    evidence: verdict === "holds" ? { records: 3 } : {},
  };
}

/** A row that ran, with one verdict for each of F1, O4, R1, R5, Q1. */
export function fakeRow(
  id: string,
  verdicts: string,
  more: Partial<Row> = {},
): Row {
  const words = { h: "holds", a: "absent", f: "fails", l: "lost" } as const;
  const whys = {
    holds: undefined,
    absent: "BPF_MAP_CREATE(RINGBUF): EINVAL: this kernel has no ring buffer",
    fails: "Expected values to be strictly equal:\n\n4080 !== 4088\n",
    lost: "The kernel panicked: Attempted to kill init!",
  };
  const ring = !verdicts.includes("a");
  return {
    id,
    label: id.replace("debian-", "Debian "),
    simulated: null,
    driver: "qemu",
    accel: "tcg",
    release: `${id.replace(/^\w+-/, "")}.0-1-amd64`,
    arch: "x86_64",
    cpus: 2,
    state: "ran",
    transport: ring ? "ring" : "perf",
    reason: ring
      ? "BPF_MAP_CREATE(RINGBUF) succeeded"
      : "BPF_MAP_CREATE(RINGBUF): EINVAL: this kernel has no ring buffer",
    timings: { provisionMs: 20, bootMs: 4300, runMs: 3900 },
    claims: [...verdicts].map((letter, at) => {
      const verdict = words[letter as keyof typeof words];
      return fakeCell(Object.keys(sentences)[at] ?? "", verdict, whys[verdict]);
    }),
    ...more,
  };
}

/** A row that could not be had. */
export function fakeMissing(id: string, why: string): Row {
  const { transport: _, reason: __, ...row } = fakeRow(id, "");
  return {
    ...row,
    accel: null,
    release: null,
    arch: null,
    state: "unavailable",
    why,
  };
}

/** A run of everything that can happen. */
export function fakeResults(): Results {
  const panic = "The kernel panicked: Attempted to kill init!";
  const console = [
    "[    4.311200] Run /init as init process",
    "[   13.900112] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b",
    "[   13.900500] CPU: 1 PID: 1 Comm: init Not tainted 6.12.0-1-amd64 #1",
  ].join("\n");
  return {
    started: "2026-11-23T05:00:00.000Z",
    finished: "2026-11-23T05:01:33.200Z",
    host: {
      os: "Debian GNU/Linux 12 (bookworm)",
      cpus: 2,
      qemu: "7.2.22",
      libbpf: "1.1.2",
      deno: "2.9.6",
    },
    kernels: [
      fakeMissing(
        "debian-4.9",
        "the site archive.debian.org cannot be reached: connection refused",
      ),
      fakeMissing(
        "debian-5.4",
        "the site snapshot.debian.org cannot be reached: connection refused",
      ),
      fakeRow("debian-5.10", "hhhhh"),
      fakeRow("debian-6.1", "hhhfh"),
      fakeRow("debian-6.12", "hhhll", { state: "lost", why: panic, console }),
      fakeRow("debian-7", "hhhhh", {
        warnings: [
          'The results channel carried a line that is no message: "\\u0000hm"',
        ],
      }),
      fakeRow("masked-5.10", "haaaa", {
        simulated: "ring buffers refused by a BPF LSM",
      }),
      fakeRow("own-5.4", "haaaa"),
    ],
  };
}
