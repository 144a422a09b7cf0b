/**
 * A bench that was never run.
 *
 * @module
 */
import type { BenchHost, Row } from "../bench/report.ts";
import type { Name } from "../bench/rows.ts";

/** A machine that there is not. */
export const benchHost: BenchHost = {
  ...{ os: "Debian", cpus: 2, libbpf: "1.1.2", deno: "2.9.6" },
  ...{ cpu: "a CPU", kernel: "6.1" },
};

/** A row of that name, on a ring, of 24 bytes; `more` replaces what is given. */
export function benchRow(name: Name, more: Partial<Row> = {}): Row {
  return {
    ...{ name, transport: "ring", bytes: 24, ours: 4, c: 2 },
    ratio: { median: 2, min: 1.5, max: 3 },
    runs: [{ ours: 4, c: 2 }],
    memory: { ours: 60, c: 4 },
    ...more,
  };
}
