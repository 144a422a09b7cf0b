/**
 * What a process with few capabilities can do with the SDK: it is this file,
 * started by tests/faults/sdk_capabilities_test.ts, and says for each thing
 * "done" or why not.
 *
 * @module
 */

import { BpfError, BpfObject, openEvents, type Transport } from "../../mod.ts";

/** As much of the event of exec.bpf.c as is looked at. */
interface Exec {
  readonly pid: number;
}

/** Attaches to every exec, causes one, and waits for its event. */
async function execs(transport: Transport): Promise<void> {
  await using events = await openEvents<Exec>("bpf/build/exec.bpf.o", {
    transport,
  });
  const child = new Deno.Command("/bin/true").spawn();
  await child.status;
  for (;;) {
    const next = await events.next({ timeoutMs: 5000 });
    if (next.is !== "event") {
      throw new Error(`The exec was not seen: ${next.is}`);
    }
    if (next.event.pid === child.pid) return;
  }
}

/** Loads a stream and asks where it stands; no program is attached. */
async function opens(name: string, transport: Transport): Promise<void> {
  await using events = await openEvents(`bpf/build/${name}.bpf.o`, {
    ...{ transport, attach: false, decode: "bytes" },
  });
  events.drain();
  events.queries();
  events.stats();
}

/** Loads one program of kinds.bpf.c and attaches it. */
function attaches(program: string): void {
  using object = BpfObject.open("bpf/build/kinds.bpf.o");
  for (const other of object.programs.values()) {
    other.autoload = other.name === program;
  }
  object.load();
  object.attach();
}

/** What can be asked for, by name. */
export const things: Readonly<Record<string, () => void | Promise<void>>> = {
  "exec ring": () => execs("ring"),
  "exec perf": () => execs("perf"),
  "open ring": () => opens("exec", "ring"),
  "open perf": () => opens("exec", "perf"),
  "packets ring": () => opens("burst", "ring"),
  on_tracepoint: () => attaches("on_tracepoint"),
  on_raw_tracepoint: () => attaches("on_raw_tracepoint"),
  on_uprobe: () => attaches("on_uprobe"),
};

async function answer(thing: string): Promise<string> {
  const attempt = things[thing];
  if (attempt === undefined) return "unknown";
  try {
    await attempt();
    return "done";
  } catch (error) {
    return error instanceof BpfError ? error.message : `${error}`;
  }
}

if (import.meta.main) {
  const answers: [string, string][] = [];
  for (const thing of Deno.args) answers.push([thing, await answer(thing)]);
  const text = JSON.stringify(Object.fromEntries(answers));
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
