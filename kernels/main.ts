/**
 * `deno task kernels`: which kernels there are, fetching them, checking them.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { cacheFolder } from "./folders.ts";
import { ImageCache } from "./image_cache.ts";
import { type Kernel, Unavailable } from "./kernel.ts";
import { kernels } from "./list.ts";
import { didYouMean } from "./nearest.ts";
import { ownKernels } from "./own.ts";
import { cached, provision } from "./provision.ts";
import { selectKernels } from "./select.ts";
import { parseMirrors } from "./sites.ts";
import { UsageError } from "./usage_error.ts";

const help = `Usage: deno task kernels [list|fetch|verify] [options] [KERNEL…]
Lists the kernels that can be booted, fetches them, or checks those that were fetched.

  KERNEL             an id, a glob such as 'debian-*', or LABEL=PATH; all without it
  --mirror SITE=URL  take debian, security, archive or snapshot from there
  --offline          use what is cached, and no network
  --help             show this

Exit status: 0 done, 64 bad usage, 69 a kernel could not be had or is damaged.
`;

const usage = 64; // EX_USAGE and EX_UNAVAILABLE of sysexits.h
const unavailable = 69;

/** What the command line asked for. */
interface Command {
  readonly verb: string;
  readonly patterns: readonly string[];
  readonly mirrors: Record<string, string>;
  readonly offline: boolean;
  readonly help: boolean;
}

function readCommand(argv: readonly string[]): Command {
  const known = ["--mirror", "--offline", "--help"];
  const refuse = (word: string): boolean => {
    if (!word.startsWith("-")) return true;
    const [name = word] = word.split("=");
    throw new UsageError(
      `Unknown option "${name}"${didYouMean(name, known) || "; see --help"}`,
    );
  };
  const parsed: Record<string, unknown> = parseArgs([...argv], {
    string: ["_", "mirror"], // Without "_", the id 5.10 would be the number 5.1.
    boolean: ["offline", "help"],
    collect: ["mirror"],
    alias: { help: "h" },
    unknown: refuse,
  });
  const [verb = "list", ...patterns] = [parsed._ ?? []].flat().map(String);
  return {
    verb,
    patterns,
    mirrors: parseMirrors([parsed.mirror ?? []].flat().map(String)),
    offline: parsed.offline === true,
    help: parsed.help === true,
  };
}

function print(
  text: string,
  to: { writeSync(bytes: Uint8Array): number } = Deno.stdout,
): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let done = 0; done < bytes.length;) {
    done += to.writeSync(bytes.subarray(done));
  }
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number =>
    Math.max(...rows.map((r) => r[column]?.length ?? 0));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(width(column))).join("  ").trimEnd();
  return rows.map(line).join("\n");
}

async function list(rows: readonly Kernel[]): Promise<number> {
  const lines = await Promise.all(rows.map(async (kernel) => {
    const image = await cached(kernel, cacheFolder());
    const { id, label, simulated } = kernel;
    const shown = simulated === undefined
      ? label
      : `${label} (simulated: ${simulated})`;
    return [id, shown, image?.release ?? "not had", image?.from ?? ""];
  }));
  print(table(lines));
  return 0;
}

/** Says what a row does now; the same again, but for its figures, only every five seconds. */
function teller(id: string): (text: string) => void {
  let told = "";
  let at = 0;
  return (text) => {
    const words = text.replaceAll(/\d+ of/g, "");
    if (words === told && Date.now() - at < 5000) return;
    [told, at] = [words, Date.now()];
    print(`${id}: ${text}`, Deno.stderr);
  };
}

/** Aborts at Ctrl-C, so that what was half fetched is removed. */
function interruption(): AbortController & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  Deno.addSignalListener("SIGINT", abort);
  const dispose = (): void => Deno.removeSignalListener("SIGINT", abort);
  return Object.assign(controller, { [Symbol.dispose]: dispose });
}

async function fetchAll(
  rows: readonly Kernel[],
  command: Command,
): Promise<number> {
  using interrupt = interruption();
  const { mirrors, offline } = command;
  const { signal } = interrupt;
  const results = await Promise.all(rows.map(async (kernel) => {
    const { id } = kernel;
    const options = {
      cache: cacheFolder(),
      mirrors,
      offline,
      signal,
      progress: teller(id),
      warn: (text: string) => print(`${id}: warning: ${text}`, Deno.stderr),
    };
    try {
      const { release, path } = await provision(kernel, options);
      print(`${id}: ${release} in ${path}`);
      return true;
    } catch (error) {
      if (!(error instanceof Unavailable)) return signal.throwIfAborted();
      print(`${id}: ${error.message}`, Deno.stderr);
      return false;
    }
  }));
  return results.every(Boolean) ? 0 : unavailable;
}

async function verify(patterns: readonly string[]): Promise<number> {
  if (patterns.length > 0) {
    throw new UsageError("verify takes no kernel: it checks every image");
  }
  const images = new ImageCache(join(cacheFolder(), "kernels"));
  let damaged = 0;
  for (const deb of await images.list()) {
    const image = await images.find(deb);
    if (image === undefined) damaged++;
    print(
      image
        ? `whole    ${image.release} ${image.path}`
        : `damaged  ${join(images.folder, deb)}`,
    );
  }
  if (damaged > 0) {
    print(
      `${damaged} damaged; get them again: deno task kernels fetch`,
      Deno.stderr,
    );
  }
  return damaged > 0 ? unavailable : 0;
}

async function main(argv: readonly string[]): Promise<number> {
  const command = readCommand(argv);
  const { verb, patterns } = command;
  const verbs = ["list", "fetch", "verify"];
  if (!verbs.includes(verb)) {
    const hint = didYouMean(verb, verbs) || `; there are ${verbs.join(", ")}`;
    throw new UsageError(`Unknown command "${verb}"${hint}`);
  }
  if (command.help) {
    print(help.trimEnd());
    return 0;
  }
  if (verb === "verify") return await verify(patterns);
  const rows = selectKernels(patterns, [...kernels, ...await ownKernels()]);
  return verb === "list" ? await list(rows) : await fetchAll(rows, command);
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    const aborted = error instanceof DOMException &&
      error.name === "AbortError";
    if (!aborted && !(error instanceof UsageError)) throw error;
    if (!aborted) print(error.message, Deno.stderr);
    Deno.exitCode = aborted ? 130 : usage;
  }
}
