/**
 * The examples at work on the running kernel, over each transport that it has:
 * `sudo deno run -A tests/examples.ts [--lines] [NAME…]`, or in every kernel by
 * `deno task test:matrix -- tests/examples.ts`. It prints what became of each;
 * with --lines also what each printed.
 *
 * A guest has one program and no file of examples/, hence this one becomes an
 * example when it is started with {@linkcode exampleVariable} set.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { probeRing } from "../mod.ts";
import { exampleVariable, Tool } from "./examples_tool.ts";
import { assertRecords, type Work, works } from "./examples_work.ts";
import { writeOut } from "./streams.ts";

/** Starts an example by importing it. */
const examples: Readonly<Record<string, () => Promise<unknown>>> = {
  hello: () => import("../examples/hello.ts"),
  order: () => import("../examples/order.ts"),
  room: () => import("../examples/room.ts"),
  execsnoop: () => import("../examples/execsnoop.ts"),
  opensnoop: () => import("../examples/opensnoop.ts"),
  tcpconnect: () => import("../examples/tcpconnect.ts"),
  biolatency: () => import("../examples/biolatency.ts"),
  bursts: () => import("../examples/bursts.ts"),
};

/** What an example says first: the transport it took, and why. */
function firstLine(wish: "auto" | "perf"): RegExp {
  if (wish === "perf") return /^Over perf: asked for$/;
  return probeRing().has
    ? /^Over ring: BPF_MAP_CREATE\(RINGBUF\): ok$/
    : /^Over perf: BPF_MAP_CREATE\(RINGBUF\): EINVAL: this kernel has no ring buffer$/;
}

/** Lets one example see its work over all transports at once; answers what each printed. */
async function exercise(
  name: string,
  work: Work,
): Promise<(readonly string[])[]> {
  assertRecords(work);
  const wishes = probeRing().has
    ? ["auto", "perf"] as const
    : ["auto"] as const;
  await using tools = new AsyncDisposableStack();
  const opened = wishes.map((wish) => {
    const args = [wish, ...work.args ?? []];
    return { wish, tool: tools.use(new Tool(import.meta.url, name, args)) };
  });
  await Promise.all(opened.map(({ tool, wish }) => tool.said(firstLine(wish))));
  const wanted = await work.make();
  return await Promise.all(opened.map(async ({ tool }) => {
    for (const line of wanted) await tool.said(line);
    if (work.ends !== true) tool.interrupt();
    await tool.ended();
    assertAccount(tool.lines.at(-1) ?? "");
    work.look?.(tool.lines);
    return tool.lines;
  }));
}

/** All events are accounted for. */
function assertAccount(line: string): void {
  const numbers = /^(\d+) events: (\d+) delivered, (\d+) lost$/.exec(line);
  assert.ok(numbers, `"${line}" is no account`);
  const [attempted = 0, delivered = 0, lost = 0] = numbers.slice(1).map(Number);
  assert.equal(attempted, delivered + lost, line);
}

/** What is told of an example that did well. */
function told(lines: readonly string[], all: boolean): string {
  if (all) return lines.map((line) => `\n  ${line}`).join("");
  const [first = "", last = ""] = [lines[0], lines.at(-1)];
  return ` ${first.split(":")[0]}: ${last}`;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { lines: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const chosen = Object.entries(works).filter(([name]) =>
    positionals.length === 0 || positionals.includes(name)
  );
  let failed = chosen.length === 0;
  for (const [name, work] of chosen) {
    try {
      for (const lines of await exercise(name, work)) {
        writeOut(`${name}${told(lines, values.lines)}\n`);
      }
    } catch (error) {
      failed = true;
      const why = error instanceof Error ? error.message : error;
      writeOut(`${name} FAILED: ${why}\n`);
    }
  }
  return failed ? 1 : 0;
}

if (import.meta.main) {
  const example = examples[Deno.env.get(exampleVariable) ?? ""];
  if (example === undefined) Deno.exit(await main(Deno.args));
  await example();
}
