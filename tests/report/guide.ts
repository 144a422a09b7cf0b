/**
 * What someone with a fleet of kernels asks, what a kernel's evidence answers,
 * and what to do about it. An answer is made of what was seen on that kernel; a
 * question that its evidence does not answer is left out there.
 *
 * @module
 */
import type { Row } from "../results.ts";
import { cellOf, figureOf } from "./evidence.ts";

/** A question, who answers it, and the way out for each transport. */
export interface Concern {
  readonly id: string;
  readonly asks: string;
  /** The claims whose evidence it rests on. */
  readonly claims: readonly string[];
  /** One or two sentences, of what was seen on a kernel. */
  readonly answer: (row: Row) => string | undefined;
  /** What to do where the SDK takes that transport. */
  readonly advice: { readonly ring: string; readonly perf: string };
}

/** A figure as a number; undefined where the kernel's evidence has none. */
function number(row: Row, id: string, name: string): number | undefined {
  const text = figureOf(row, id, name);
  return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}

function holds(row: Row, id: string): boolean {
  return cellOf(row, id)?.verdict === "holds";
}

/** The questions, in the order in which they are asked. */
export const guide: readonly Concern[] = [
  {
    id: "bursts",
    asks: "Does it lose events in a burst?",
    claims: ["R7", "M2", "L5", "L1"],
    answer: (row) => {
      const { transport = "none" } = row;
      const lost = number(row, "R7", `${transport}.lost`);
      const all = number(row, "R7", `${transport}.attempted`);
      if (lost === undefined || all === undefined) return undefined;
      const room = number(row, "M2", `${transport}.low`);
      const silent = number(row, "L1", "answer") === 0;
      return [
        `Yes, when the ${transport === "ring" ? "ring" : "CPU's own buffer"} ` +
        `is full: ${lost} of ${all} events of a burst were lost here, ` +
        `and counted exactly.`,
        ...room === undefined ? [] : [
          `A burst on one CPU finds room for ${room} events, ` +
          (transport === "ring"
            ? "in the memory that perf divides among the CPUs."
            : "the buffers of the other CPUs being no help to it."),
        ],
        ...transport === "perf" && silent
          ? ["The program is not told: the helper answers 0."]
          : [],
      ].join(" ");
    },
    advice: {
      ring:
        "Make the ring as large as the longest burst between two turns of the reader (ringBytes: events × (their size + 8), a power of two). Then watch stats().lost: it is exact at once, and lostBy says where.",
      perf:
        "Each CPU has a buffer of its own, so it must hold a burst that one CPU makes alone: raise perfPages until stats().lost stays 0 under your load. The count is exact on every kernel, also where the helper says nothing; lostBy says where.",
    },
  },
  {
    id: "order",
    asks: "Do events come in the order in which they happened?",
    claims: ["O4", "O3", "O1", "O2", "O6", "O7"],
    answer: (row) => {
      if (row.transport === "ring") {
        return holds(row, "O4")
          ? "In the order in which they were reserved, over all CPUs; one that is reserved and not yet submitted holds back all behind it."
          : undefined;
      }
      return holds(row, "O1")
        ? "Within a CPU, yes. Across CPUs, no: an event of another CPU that happened later came first."
        : undefined;
    },
    advice: {
      ring:
        "Nothing, unless the order of submission matters to you: then stamp the event when it is submitted. Keep the time between reserve and submit short.",
      perf:
        'Stamp events (ringside_reserve_stamped) and open the stream with order: "timestamp". windowMs is how long an event is held; stats().order tells what came later than that.',
    },
  },
  {
    id: "memory",
    asks: "How much memory does it take?",
    claims: ["M1", "M2"],
    answer: (row) => {
      const { transport = "none" } = row;
      const size = number(row, "M1", `${transport}.size`);
      if (size === undefined) return undefined;
      if (transport === "ring") {
        const rss = number(row, "M1", "ring.rss");
        return `One size for all CPUs: ${kib(size)} here` +
          (rss === undefined
            ? "."
            : `. RSS says ${kib(rss)}, for it counts the data pages twice.`);
      }
      return `One buffer for each CPU: ${kib(size)} here, on ${
        number(row, "M1", "perf.cpus")
      } CPUs. It grows with the machine.`;
    },
    advice: {
      ring: "Read PSS, not RSS. One ring serves a machine of any size.",
      perf:
        "Count CPUs × (1 + perfPages) pages for your largest machine. Most of it is idle when bursts come from one CPU.",
    },
  },
  {
    id: "cost",
    asks: "What does an event cost its producer?",
    claims: ["C1", "C2", "R6", "P3"],
    answer: (row) => {
      const name = row.transport === "ring"
        ? "ring, ns.ownRule"
        : "perf, ns.each";
      const cost = number(row, "C1", name);
      if (cost === undefined) return undefined;
      const emulated = row.accel === "tcg"
        ? " The CPU is emulated: compare, do not quote."
        : "";
      return row.transport === "ring"
        ? `${cost} ns, waking the reader only when it has caught up.${emulated}`
        : `${cost} ns, waking the reader for each event.${emulated}`;
    },
    advice: {
      ring:
        "Reserve, then fill: a full ring is known before any work is done. If producers on several CPUs stand in each other's way, declare a ring for each CPU.",
      perf:
        "wakeup: { every: n } closes most of the gap to the ring. Events are filled before it is known whether there is room, so keep them small.",
    },
  },
  {
    id: "wakeups",
    asks: "Can the reader miss that there are events?",
    claims: ["W4", "W1", "W2", "W5", "W6", "U10"],
    answer: (row) => {
      if (row.transport === "ring" && holds(row, "W4")) {
        return "The kernel wakes nobody for an event behind one with BPF_RB_NO_WAKEUP; the SDK looks by itself and took both.";
      }
      if (row.transport === "perf" && holds(row, "W6")) {
        return "The kernel signals once, and never for what came before the subscription; the SDK looks by itself and left nothing.";
      }
      return undefined;
    },
    advice: {
      ring:
        "Nothing: what lies in a buffer is read within 100 ms in any case. Do not use BPF_RB_NO_WAKEUP without a plan for the last event.",
      perf: "Nothing: what lies in a buffer is read within 100 ms in any case.",
    },
  },
  {
    id: "hotplug",
    asks: "What if a CPU goes offline and comes back?",
    claims: ["T2"],
    answer: (row) => {
      if (!holds(row, "T2")) return undefined;
      return row.transport === "ring"
        ? "The ring goes on as if nothing had happened."
        : "Its perf buffer stays dead; the SDK notices, opens it anew, and counts what was lost in between.";
    },
    advice: {
      ring: "Nothing.",
      perf:
        "Nothing, or watch stats().lostBy.noSlot on machines whose CPUs come and go.",
    },
  },
];

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
