/**
 * What the sources left open and the kernels settled: which figure of which
 * claim answers a question.
 *
 * @module
 */

/** A question that is answered by looking at each kernel. */
export interface Question {
  readonly asks: string;
  /** The claim whose evidence answers it. */
  readonly claim: string;
  /** The figure of the evidence, with dots; without it the verdict is the answer. */
  readonly figure?: string;
  /** What the answers, or the kernel's history, make of it; one or two sentences. */
  readonly settled: string;
}

/** All questions that the sources left open. */
export const questions: readonly Question[] = [
  {
    asks: "What does the helper answer when a perf buffer is full?",
    claim: "L1",
    figure: "answer",
    settled:
      'The change is "perf: Make perf_event_output() propagate the output() return", of January 2019, behind 5.0-rc1: Linux 5.1. 4.19.72 has it not',
  },
  {
    asks: "How much of the loss does the program not learn of?",
    claim: "L1",
    figure: "silent",
    settled: "All of it where the answer is 0",
  },
  {
    asks: "Is the loss told by PERF_FORMAT_LOST?",
    claim: "L3",
    settled:
      "It is of Linux 6.0, and was carried back to stable kernels of 5.4 and 5.10",
  },
  {
    asks:
      "Is a reservation on top of an uncommitted one refused (0), or granted (1)?",
    claim: "N4",
    figure: "lied",
    settled:
      "cfa1a2329a69 is of Linux 6.10; the stable kernels seen here have it, 5.10 too",
  },
  {
    asks: "Does pending_pos stand beside the producer's position?",
    claim: "N4",
    figure: "pending",
    settled: "It moves with the next reservation, not with the commit",
  },
  {
    asks: "What does fdinfo call the memlock of a ring of 128 KiB?",
    claim: "M1",
    figure: "ring.memlock",
    settled:
      "What was charged up to 5.10, 0 while sizes were computed of keys and values, the ring's own since 2f7e4ab2caa9, Linux 6.4",
  },
  {
    asks:
      "How much of a perf buffer of 2 × 17 pages is resident after one event?",
    claim: "M1",
    figure: "perf.rss",
    settled:
      "The touched pages, and nothing since the buffer is mapped as a whole: b709eb872e19",
  },
  {
    asks:
      "Of five runs that were skipped, how many does the program's recursion_misses count?",
    claim: "L6",
    figure: "perf.hash.missed",
    settled:
      "Kprobes' and tracepoints' are counted since dd8657894c11, Linux 6.7; the number is there since 5.12",
  },
  {
    asks: "With which error is a reserve of no constant size refused?",
    claim: "R8",
    figure: "said.any_size.errno",
    settled: "The verifier of 7.x calls the same mistake by another number",
  },
  {
    asks: "Which words does the verifier have for a missing look at NULL?",
    claim: "R8",
    figure: "said.unchecked.word",
    settled: "The type was renamed; the refusal is the same",
  },
  {
    asks: "Which flags does a new ring take, by bit?",
    claim: "S2",
    figure: "bitsTaken",
    settled: "2: a NUMA node; 19: overwrite mode, since 6.19",
  },
  {
    asks: "Is there an overwrite mode?",
    claim: "N3",
    settled:
      "It is of Linux 6.19; nothing else of a ring was found to be new in 7.x",
  },
  {
    asks: "With which error is a larger inner ring refused (0: it is taken)?",
    claim: "P1",
    figure: "larger",
    settled: "134fede4eecf, Linux 5.10, takes it",
  },
  {
    asks: "Is bpf_ringbuf_output of an array refused?",
    claim: "F8",
    figure: "array",
    settled: "5b029a32cfe4 is of Linux 5.15; the stable kernel of 5.10 has it",
  },
];
