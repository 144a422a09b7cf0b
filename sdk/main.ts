/**
 * `deno task bpf:types OBJECT`: prints the TypeScript types of an object.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import { BpfObject } from "../ffi/object.ts";
import type { Int64 } from "./bits.ts";
import { objectTypes } from "./object_types.ts";

const usage = `deno task bpf:types OBJECT [--int64 bigint|number]

Prints the TypeScript types of a BPF object: of the events of its streams, and of
the keys and values of its maps. --int64 is the option of that name that the
object is opened with.
`;

/** What the command line asked for. */
interface Request {
  readonly path: string;
  readonly int64: Int64;
}

/** The request, or one line that says which word is wrong. */
function readRequest(argv: readonly string[]): Request | string {
  const paths: string[] = [];
  let int64: string = "bigint";
  const words = argv.flatMap((word) => word.split(/(?<=^--int64)=/))[
    Symbol.iterator
  ]();
  for (const word of words) {
    if (word === "--int64") int64 = words.next().value ?? "";
    else if (word.startsWith("-")) return `Unknown option "${word}"`;
    else paths.push(word);
  }
  if (int64 !== "bigint" && int64 !== "number") {
    return `Bad --int64 "${int64}": it takes bigint or number`;
  }
  const [path, more] = paths;
  if (path === undefined) return "No object: it takes the path of a .bpf.o";
  if (more !== undefined) return `Unexpected argument "${more}"`;
  return { path, int64 };
}

/** The text as `deno fmt` would have it, by the settings of the folder at hand. */
async function formatted(text: string): Promise<string> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = new Blob([text]).stream().pipeTo(deno.stdin);
  const [{ success, stdout }] = await Promise.all([deno.output(), input]);
  return success ? new TextDecoder().decode(stdout) : text;
}

/** What the system says of an error, without what Deno says around it. */
function systemWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\).*/s, "");
}

function write(to: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += to.writeSync(bytes.subarray(sent));
    }
  } catch (error) {
    const name = to === Deno.stderr ? "stderr" : "stdout";
    throw new Error(`Cannot write to ${name}: ${systemWords(error)}`);
  }
}

/** A task runs in the project's folder; paths are meant from where the user stands. */
function goBack(): void {
  const folder = Deno.env.get("INIT_CWD");
  if (folder === undefined) return;
  try {
    Deno.chdir(folder);
  } catch (error) {
    throw new BpfError(`work in ${folder}, where the command was given`, {
      cause: systemWords(error),
      remedy: "give it in a folder that is there and that your user may enter",
    });
  }
}

/** Answers the exit status: 0, 64 (EX_USAGE) or 69 (EX_UNAVAILABLE). */
async function main(argv: readonly string[]): Promise<number> {
  try {
    return await answer(argv);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    write(Deno.stderr, `${message.split("\n")[0]}\n`);
    return 69;
  }
}

/** Does what the words say. */
async function answer(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    write(Deno.stdout, usage);
    return 0;
  }
  const request = readRequest(argv);
  if (typeof request === "string") {
    write(Deno.stderr, `${request}; see --help\n`);
    return 64;
  }
  goBack();
  using object = BpfObject.open(request.path);
  const text = objectTypes(object, request.int64);
  write(Deno.stdout, await formatted(text));
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
