/**
 * What tutorials on ways to receive kernel events say, subject by subject, and
 * the claims that say what is so.
 *
 * @module
 */

/** A statement of tutorials. */
export interface TutorialStatement {
  readonly subject: string;
  /** One sentence, as it is told. */
  readonly said: string;
  /** What the claims found. */
  readonly found: "right" | "imprecise" | "wrong";
  /** Their ids; those that correct something come first. */
  readonly claims: readonly string[];
}

/** All subjects of the tutorial that this project began with. */
export const statements: readonly TutorialStatement[] = [
  {
    subject: "Per-CPU buffers",
    said:
      "A perf buffer is one buffer for each CPU, and a program writes to that of its own",
    found: "right",
    claims: ["O2", "L4", "T2"],
  },
  {
    subject: "Memory under bursts",
    said:
      "Perf's memory is bought for each CPU and idle on most of them; a shared ring takes a burst with less",
    found: "imprecise",
    claims: ["M2", "M1"],
  },
  {
    subject: "The wasted copy",
    said:
      "Perf copies an event before it knows whether there is room; the ring does not",
    found: "imprecise",
    claims: ["R6", "C2"],
  },
  {
    subject: "Order across CPUs",
    said:
      "Perf events of different CPUs may come in another order than they happened",
    found: "right",
    claims: ["O1", "O2", "O7"],
  },
  {
    subject: "Ring order",
    said: "A ring hands out events in the order in which they were submitted",
    found: "wrong",
    claims: ["O4", "O5", "O3"],
  },
  {
    subject: "Reserve, submit, discard",
    said:
      "An event is built in the ring, then submitted or given up, and the verifier sees to it",
    found: "imprecise",
    claims: ["R9", "R8", "R10", "R1", "R3", "R4", "R5"],
  },
  {
    subject: "Sizes as powers of two, and why",
    said: "A size is a power of two, so that positions can be masked",
    found: "imprecise",
    claims: ["S1", "R2", "S2", "S3"],
  },
  {
    subject: "Wakeup flags",
    said:
      "BPF_RB_NO_WAKEUP delays a notification, BPF_RB_FORCE_WAKEUP sends it",
    found: "imprecise",
    claims: ["W2", "W4", "W1", "W3"],
  },
  {
    subject: "Queries as snapshots",
    said: "bpf_ringbuf_query tells what the ring holds at that moment",
    found: "imprecise",
    claims: ["Q2", "Q4", "Q8", "Q1", "Q3", "Q6"],
  },
  {
    subject: "Lost samples",
    said: "The kernel counts what did not fit, and tells the reader",
    found: "wrong",
    claims: ["L1", "L2", "L3", "L6", "L5", "R1"],
  },
  {
    subject: "Ring against perf: performance",
    said: "The ring is faster than perf",
    found: "imprecise",
    claims: ["C1", "R6", "C2"],
  },
  {
    subject: "Several ring buffers against per-CPU ones",
    said: "Several rings give back what buffers for each CPU had",
    found: "imprecise",
    claims: ["P3", "P1"],
  },
  {
    subject: "Per-CPU queues read by several threads",
    said: "Buffers of different CPUs can be read by different threads",
    found: "right",
    claims: ["P2"],
  },
  {
    subject: "Kernel compatibility",
    said: "From 5.8 on there is a ring buffer; before, take perf",
    found: "imprecise",
    claims: ["F1", "F2", "F3", "F5", "F6"],
  },
];
