/**
 * Compressed bytes through the system's own tools, as a stream.
 *
 * @module
 */
import { Lacking, Unavailable } from "./kernel.ts";

/** Bytes that come in chunks. */
export type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** Thrown where there is no such program. */
export class MissingTool extends Lacking {}

/** By the end of a file's name: the program that unpacks it, and Debian's package that holds it. */
const tools: Readonly<Record<string, { program: string; package: string }>> = {
  gz: { program: "gzip", package: "gzip" },
  xz: { program: "xz", package: "xz-utils" },
  zst: { program: "zstd", package: "zstd" },
  lz4: { program: "lz4", package: "lz4" },
  bz2: { program: "bzip2", package: "bzip2" },
  lzma: { program: "lzma", package: "xz-utils" },
};

function spawn(name: string, ending: string): Deno.ChildProcess {
  const tool = tools[ending];
  if (tool === undefined) {
    throw new Unavailable(`Cannot unpack ${name}: unknown format .${ending}`);
  }
  try {
    return new Deno.Command(tool.program, {
      args: ["-dc"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MissingTool(
      `Cannot unpack ${name}: there is no ${tool.program} here; install the package ${tool.package}`,
    );
  }
}

/** Ends quietly where the program ended first: then its exit status tells why. */
async function feed(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  input: Bytes,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    for await (const chunk of input) await writer.write(chunk);
    await writer.close();
  } catch (error) {
    await writer.abort().catch(() => {});
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/**
 * Unpacks `input`, a file called `name` (which says the format). Whoever stops
 * reading ends the program. Throws {@link Unavailable} where there is no
 * program for the format or the bytes are damaged.
 */
export async function* unpack(
  name: string,
  input: Bytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const ending = name.slice(name.lastIndexOf(".") + 1);
  if (ending === "tar") return yield* input;
  await using child = spawn(name, ending);
  const complaint = new Response(child.stderr).text();
  const fed = feed(child.stdin, input);
  fed.catch(() => {}); // Looked at below; until then it must not count as unhandled.
  yield* child.stdout;
  await fed;
  const { success } = await child.status;
  if (success) return;
  const why = (await complaint).trim().split("\n")[0] ?? "";
  throw new Unavailable(`Cannot unpack ${name}: ${why || "it is damaged"}`);
}
