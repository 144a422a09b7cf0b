/**
 * A made-up run of twelve kernels and every claim there is, with as much
 * evidence as real runs have: what the page must bear.
 *
 * @module
 */
import { type Json, statementOf } from "../claim.ts";
import { claims } from "../claims/mod.ts";
import type { Cell, Outcome, Results, Row } from "../results.ts";
import { fakeMissing, fakeResults, fakeRow } from "../unit/fake_results.ts";

type Evidence = Readonly<Record<string, Json>>;

const lostOfBurst = { "4 KiB": 1898, "16 KiB": 1591, "64 KiB": 362 };

const counts = {
  ...{ attempted: 2250, delivered: 910, lost: 1340, full: 1340 },
  lostOfBurst,
};

const alone = { alone: 1516, accompanied: 4159, both: 1640, whole: 3 };

const posts = {
  ...{ startMs: 700, modulesMs: 400, claimsMs: 9000, bpfLoadMs: 3000 },
  ...{ workersMs: 900, leaksMs: 200, logMs: 100 },
};

/** Evidence of the claims that pictures and answers are made of. */
const known: Readonly<Record<string, Evidence>> = {
  R7: { ring: { ...counts, lost: 1107, delivered: 1143 }, perf: counts },
  M2: {
    ring: { low: 511, high: 511, both: 511 },
    perf: { low: 204, high: 204, both: 408 },
  },
  L1: { answer: -28, delivered: 102, full: 198 },
  C1: {
    "ring, ns": { ownRule: 1746, each: 3955, sampled: 2773 },
    "perf, ns": { each: 5233, sampled: 3309 },
  },
  P3: {
    "perf, ns": alone,
    "a ring each, ns": alone,
    "one ring, ns": alone,
    "judged": false,
  },
  R6: {
    perfNs: { filled: 216, unfilled: 157 },
    ringNs: { reserveLarge: 50, reserveSmall: 50, output: 118 },
  },
  O6: {
    ring: { disorderMs: 16.887313, mergedMs: 0, heldMs: 93.685516, late: 1 },
    perf: { disorderMs: 43.634554, mergedMs: 0, heldMs: 100.029505, late: 1 },
  },
  M1: {
    ring: { size: 131072, rss: 270336, pss: 139264 },
    perf: { cpus: 2, pages: 16, size: 139264 },
  },
};

/** As much as the longer ones of real claims. */
const usual: Evidence = {
  sizes: [1, 2, 3, 4, 5, 11, 12, 13, 16, 17, 20, 30],
  errnos: { allRead: 0, consumerWrite: 0, producerWrite: 1, dataWrite: 1 },
  message: "Cannot ask the kernel for a ring buffer: EPERM (run as root)",
};

function cells(isOld: boolean, evidence: Evidence): Cell[] {
  return claims.map((claim): Cell => {
    const verdict: Outcome = isOld && claim.needs === "ring"
      ? "absent"
      : "holds";
    const why = verdict === "absent"
      ? {
        why: "BPF_MAP_CREATE(RINGBUF): EINVAL: this kernel has no ring buffer",
      }
      : {};
    const seen = known[claim.id] ?? { ...usual, ...evidence };
    return {
      ...statementOf(claim),
      ...{ verdict, ms: 12.5, ...why },
      evidence: verdict === "absent" ? {} : seen,
    };
  });
}

function row(id: string, evidence: Evidence): Row {
  const isOld = /-(4|5\.[0-7]$)/.test(id);
  const shape = fakeRow(id, isOld ? "a" : "h");
  const timings = { provisionMs: 9, bootMs: 2000, runMs: 11_000, ...posts };
  return { ...shape, timings, claims: cells(isOld, evidence) };
}

/** Twelve kernels; one of them has a failure and a long log, one is lost in the middle. */
export function manyResults(evidence: Evidence = {}): Results {
  const old = ["debian-4.9", "debian-4.19", "debian-5.4", "debian-5.7"];
  const news = ["debian-5.8", "debian-5.10", "debian-6.1", "debian-7"];
  const kernels = [...old, ...news, "masked-5.10", "own-6.6"]
    .map((id) => row(id, evidence));
  const log = "[    1.234567] a line of the kernel's log, as long as they are\n"
    .repeat(300);
  return {
    ...fakeResults(),
    kernels: [
      ...kernels,
      failing(row("own-6.9", evidence), log),
      dying(row("own-6.19", evidence), log),
      fakeMissing("debian-6.12", "the archive cannot be reached"),
    ],
  };
}

function failing(row: Row, console: string): Row {
  const claims = row.claims.map((cell): Cell =>
    cell.id === "W4"
      ? { ...cell, verdict: "fails", why: "4080 !== 4088" }
      : cell
  );
  return { ...row, console, claims };
}

function dying(row: Row, console: string): Row {
  const why = "The kernel panicked";
  const claims = row.claims.map((cell, at): Cell =>
    at < 60 ? cell : { ...cell, verdict: "lost", why, evidence: {} }
  );
  return { ...row, state: "lost", why, console, claims };
}
