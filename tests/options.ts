/**
 * The command line of the matrix: from words to options, or one line that says
 * which word was wrong and what would be right.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "../kernels/nearest.ts";
import { parseMirrors } from "../kernels/sites.ts";
import { checkArguments } from "../kernels/order.ts";
import { UsageError } from "../kernels/usage_error.ts";
import {
  allNames,
  type Flag,
  flags,
  kernelNames,
  localNames,
  type Names,
  type Valued,
  valued,
} from "./option_table.ts";
import {
  parseTarget,
  type ReportTarget,
  targetShape,
} from "./report/targets.ts";
import { parseShard, type Shard } from "./shard.ts";

/** A Deno program of the user's own. */
export interface OwnProgram {
  readonly path: string;
  readonly args: readonly string[];
}

/** How machines are made. */
const drivers = ["qemu", "vagrant"] as const;

/** A whole distribution takes more memory than a kernel with one program, and longer to come up. */
const byDefault = {
  qemu: { memoryMiB: 768, timeout: 300 },
  vagrant: { memoryMiB: 1024, timeout: 900 },
};

/** What the command line asked for. */
export interface Options {
  readonly driver: typeof drivers[number];
  /** Ids, globs and LABEL=PATH; empty: all. */
  readonly kernels: readonly string[];
  /** Globs of claims; empty: all. */
  readonly claims: readonly string[];
  readonly accel: "auto" | "kvm" | "tcg";
  /** Virtual CPUs of a machine. */
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly jobs?: number;
  readonly timeoutMs: number;
  readonly reports: readonly ReportTarget[];
  /** Path of an earlier run's JSON report. */
  readonly baseline?: string;
  readonly shard?: Shard;
  readonly mirrors: Readonly<Record<string, string>>;
  readonly offline: boolean;
  readonly cold: boolean;
  readonly strict: boolean;
  /** Halt machines at the end instead of destroying them; `vagrant` only. */
  readonly keep: boolean;
  readonly list: boolean;
  readonly help: boolean;
  readonly program?: OwnProgram;
}

/** What the parser found: every valued option as the list of its values. */
interface Words {
  readonly values: Readonly<Record<Valued, readonly string[]>>;
  readonly flags: Readonly<Record<Flag, boolean>>;
  readonly rest: readonly string[];
  readonly own: readonly string[];
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readOptions(argv: readonly string[]): Options {
  const { values, flags, rest, own } = readWords(argv, allNames);
  refuseRest(
    rest,
    "options begin with --, a program of your own goes after --",
  );
  const driver = oneOf("driver", values.driver, drivers, "qemu");
  if (flags.keep && driver !== "vagrant") {
    throw new UsageError(
      "Unexpected option --keep: it is for --driver vagrant",
    );
  }
  const usual = byDefault[driver];
  const jobs = count("jobs", values.jobs, { least: 1, most: 1024 });
  const program = ownProgram(argv, own, values.claim);
  const baseline = texts("baseline", values.baseline).at(-1);
  const shard = shardOption(values.shard);
  return {
    driver,
    kernels: texts("kernel", values.kernel),
    claims: texts("claim", values.claim),
    accel: oneOf("accel", values.accel, ["auto", "kvm", "tcg"], "auto"),
    // Claims compare CPUs; a program of the user's own may be content with one.
    cpus: count("cpus", values.cpus, {
      least: program === undefined ? 2 : 1,
      most: 255,
    }) ?? 2,
    memoryMiB: count("memory", values.memory, { least: 256, most: 1 << 20 }) ??
      usual.memoryMiB,
    ...(jobs !== undefined && { jobs }),
    timeoutMs: 1000 *
      (count("timeout", values.timeout, { least: 1, most: 86400 }) ??
        usual.timeout),
    reports: texts("report", values.report).map(reportTarget),
    mirrors: parseMirrors(texts("mirror", values.mirror)),
    ...flags,
    ...(program !== undefined && { program }),
    ...(baseline !== undefined && { baseline }),
    ...(shard !== undefined && { shard }),
  };
}

/**
 * Reads the command line of the claims on the running kernel: a part of the other.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readLocalOptions(
  argv: readonly string[],
): Pick<Options, "claims" | "reports" | "help"> {
  const { values, flags, rest, own } = readWords(argv, localNames);
  refuseRest([...rest, ...own], "options begin with --");
  return {
    claims: texts("claim", values.claim),
    reports: texts("report", values.report).map(reportTarget),
    help: flags.help,
  };
}

/**
 * Reads the command line of what is done to some claims on one kernel: a part of
 * the matrix' too.
 *
 * @throws {UsageError} naming the option, its value and what it takes.
 */
export function readKernelOptions(
  argv: readonly string[],
): Pick<Options, "kernels" | "claims" | "list" | "help"> {
  const { values, flags, rest, own } = readWords(argv, kernelNames);
  refuseRest([...rest, ...own], "options begin with --");
  return {
    kernels: texts("kernel", values.kernel),
    claims: texts("claim", values.claim),
    list: flags.list,
    help: flags.help,
  };
}

function refuseRest([first]: readonly string[], way: string): void {
  if (first !== undefined) {
    throw new UsageError(`Unexpected argument "${first}": ${way}`);
  }
}

function readWords(argv: readonly string[], names: Names): Words {
  const string = [...names.valued];
  const boolean = [...names.flags];
  // What one parser takes for "strict is false" is unknown to the other: it is refused.
  const ours = argv.slice(0, [...argv, "--"].indexOf("--"));
  const known = [...string, ...boolean].map((name) => `--${name}`);
  const refuse = (word: string): boolean => {
    if (!/^-/.test(word)) return true;
    const [name = word] = word.split("=");
    throw new UsageError(
      `Unknown option "${name}"${didYouMean(name, known) || "; see --help"}`,
    );
  };
  ours.filter((word) => /^--/.test(word))
    .filter((word) => !known.includes(word.replace(/=.*/s, "")))
    .forEach(refuse);
  const parsed: Record<string, unknown> = parseArgs([...argv], {
    string,
    boolean,
    collect: string,
    alias: { help: "h" },
    "--": true,
    unknown: refuse,
  });
  const list = (value: unknown): string[] => [value ?? []].flat().map(String);
  return {
    values: mapped(valued, (name) => list(parsed[name])),
    flags: mapped(flags, (name) => parsed[name] === true),
    rest: list(parsed._),
    own: list(parsed["--"]),
  };
}

/** The same names, each with what `value` has for it. */
function mapped<Name extends string, Value>(
  names: Readonly<Record<Name, unknown>>,
  value: (name: Name) => Value,
): Record<Name, Value> {
  const keys = Object.keys(names) as Name[];
  return Object.fromEntries(keys.map((name) => [name, value(name)])) as Record<
    Name,
    Value
  >;
}

function bad(name: Valued, value: string, takes: string): UsageError {
  const what = value === ""
    ? `No value for --${name}`
    : `Bad --${name} "${value}"`;
  return new UsageError(`${what}: it takes ${takes}`);
}

function texts(name: Valued, values: readonly string[]): readonly string[] {
  if (values.includes("")) throw bad(name, "", valued[name][0]);
  return values;
}

function oneOf<const Word extends string>(
  name: Valued,
  values: readonly string[],
  words: readonly Word[],
  otherwise: Word,
): Word {
  const value = values.at(-1);
  if (value === undefined) return otherwise;
  const word = words.find((word) => word === value);
  if (word === undefined) {
    throw bad(name, value, words.join(", ").replace(/, (\w+)$/, " or $1"));
  }
  return word;
}

function count(
  name: Valued,
  values: readonly string[],
  { least, most }: { least: number; most: number },
): number | undefined {
  const value = values.at(-1);
  if (value === undefined) return undefined;
  const number = /^[0-9]+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  throw bad(name, value, `a whole number from ${least} to ${most}`);
}

function reportTarget(value: string): ReportTarget {
  const target = parseTarget(value);
  if (target === undefined) throw bad("report", value, targetShape);
  return target;
}

function shardOption(values: readonly string[]): Shard | undefined {
  const value = values.at(-1);
  if (value === undefined) return undefined;
  const shard = parseShard(value);
  if (shard === undefined) {
    throw bad("shard", value, "I/N: the I-th of N parts, from 1/N to N/N");
  }
  return shard;
}

/** What stands behind `--`; it runs instead of claims. */
function ownProgram(
  argv: readonly string[],
  own: readonly string[],
  claims: readonly string[],
): OwnProgram | undefined {
  if (!argv.includes("--")) return undefined;
  const [path, ...args] = own;
  if (path === undefined) {
    throw new UsageError("No program behind --: it takes a .ts or .js file");
  }
  if (claims.length > 0) {
    throw new UsageError(
      "Unexpected option --claim: a program of your own runs instead of claims",
    );
  }
  checkArguments(args);
  return { path, args };
}
