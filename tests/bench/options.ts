/**
 * The command line of the bench.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { globHelp } from "../../kernels/select.ts";
import { UsageError } from "../../kernels/usage_error.ts";

/** What `--help` prints. */
export const help = `deno task bench [options]: the SDK beside C on libbpf

  --kernel ROW        in a guest of this kernel, of the rows that
                      \`deno task test:matrix --list\` tells; without it on the
                      running kernel, as root
  --row GLOB          only these rows: NAME/TRANSPORT/BYTES; repeatable
  --runs N            runs of each side in turn; 5 by default
  --report json=PATH  writes all figures
  --help

${globHelp}
`;

/** What the command line asked for. */
export interface Options {
  readonly kernel?: string;
  /** Globs; empty: all. */
  readonly rows: readonly string[];
  readonly runs: number;
  /** Paths of JSON reports. */
  readonly reports: readonly string[];
  readonly help: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming the option and what it takes.
 */
export function readOptions(argv: readonly string[]): Options {
  const { row = [], runs = "5", report = [], help = false, kernel } = words(
    argv,
  );
  if (!/^[1-9]\d{0,3}$/.test(runs)) {
    throw new UsageError(`Bad --runs "${runs}": it takes a number from 1`);
  }
  const reports = report.map((target) => {
    if (/^json=./.test(target)) return target.slice("json=".length);
    throw new UsageError(`Bad --report "${target}": it takes json=PATH`);
  });
  return {
    ...{ rows: row, runs: Number(runs), reports, help },
    ...(kernel !== undefined && { kernel }),
  };
}

/** The words by their options. */
interface Words {
  readonly kernel?: string;
  readonly row?: string[];
  readonly runs?: string;
  readonly report?: string[];
  readonly help?: boolean;
}

function words(argv: readonly string[]): Words {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        kernel: { type: "string" },
        row: { type: "string", multiple: true },
        runs: { type: "string" },
        report: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; see --help`);
  }
}
