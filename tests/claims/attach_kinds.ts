/**
 * U30, U32: programs of every kind, attached where their sections say or run by
 * themselves.
 *
 * The uprobes are on a function of libc's that ffi/bpf_syscall.ts calls, which
 * mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { BpfError, BpfObject } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";

/** What a kind of program is attached to, and what makes it run in this process. */
interface Kind {
  readonly program: string;
  readonly act: () => void | Promise<void>;
  /** Whether a kernel may be built without it. */
  readonly optional: boolean;
}

async function fork(): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["--version"],
    stdout: "null",
  }).spawn();
  assert.ok((await child.status).success);
}

const read = (): void => void Deno.readTextFileSync("/proc/self/comm");
const call = (): void => void pageSize();

const kinds: readonly Kind[] = [
  { program: "on_tracepoint", act: fork, optional: false },
  { program: "on_raw_tracepoint", act: fork, optional: false },
  { program: "on_kprobe", act: read, optional: true },
  { program: "on_kretprobe", act: read, optional: true },
  { program: "on_uprobe", act: call, optional: true },
  { program: "on_uretprobe", act: call, optional: true },
  { program: "on_fentry", act: read, optional: true },
  { program: "on_lsm", act: read, optional: true },
];

/** Loads one program of the object; the one whose count it answers is this process. */
function load(lab: Lab, program: string): BpfObject {
  const object = BpfObject.open(lab.object("kinds"));
  try {
    for (const other of object.programs.values()) {
      other.autoload = other.name === program;
    }
    object.load();
    const words = new BigUint64Array([BigInt(Deno.pid), 0n]);
    object.map("seen").update(0, new Uint8Array(words.buffer));
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

function count(object: BpfObject): number {
  const words = new BigUint64Array(object.map("seen").lookup(0).buffer);
  return Number(words[1]);
}

/** How often the program ran while it was attached; afterwards it must not run. */
async function runs(lab: Lab, { program, act }: Kind): Promise<number> {
  using object = load(lab, program);
  await act();
  assert.equal(count(object), 0, `${program} ran before it was attached`);
  const link = object.program(program).attach();
  try {
    await act();
  } finally {
    link.close();
  }
  const seen = count(object);
  assert.ok(seen > 0, `${program} is attached and did not run`);
  await act();
  assert.equal(count(object), seen, `${program} ran when it was detached`);
  return seen;
}

/** How often it ran, or how it was refused. */
async function told(lab: Lab, kind: Kind): Promise<number | string> {
  try {
    return await runs(lab, kind);
  } catch (error) {
    if (!kind.optional || !(error instanceof BpfError)) throw error;
    assert.match(error.message, /^Cannot (load|attach)/);
    return error.message.replace(/^Cannot \w+ (program )?"[^"]*" ?/, "");
  }
}

/** Runs the tc program on a packet, with a context that kernels before 5.2 do not take. */
function packets(lab: Lab): Record<string, number | string> {
  using object = load(lab, "on_packet");
  const program = object.program("on_packet");
  assert.throws(() => program.attach(), /cannot attach this section by itself/);
  const data = Uint8Array.from({ length: 64 }, (_, at) => at);
  const { result, data: out } = program.testRun({ data });
  assert.deepEqual(out, Uint8Array.of(255, ...data.subarray(1), 0, 0, 0, 0));
  assert.equal(data[0], 0, "the caller's packet was written to");
  const context = new Uint8Array(new Uint32Array(33).fill(21, 8, 9).buffer);
  try {
    const run = program.testRun({ data, context });
    assert.ok(run.context);
    const priority = new Uint32Array(run.context.buffer)[8];
    assert.deepEqual([run.result, priority], [21, 42]);
    return { result, priority: 42 };
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.match(error.code, /^(EINVAL|E2BIG)$/);
    return { result, context: error.code };
  }
}

/** Runs the raw tracepoint's program without its tracepoint: from Linux 5.10 on. */
function rawly(lab: Lab): number | string {
  using object = load(lab, "on_raw_tracepoint");
  const context = new Uint8Array(8);
  try {
    object.program("on_raw_tracepoint").testRun({ context });
    return count(object);
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.match(error.code, /^(EINVAL|E2BIG|ENOTSUPP)$/);
    return error.code;
  }
}

/** U30, U32. */
export const attachKinds: readonly Claim[] = [
  claim({
    id: "U30",
    title:
      "Programs attach where their sections say, run there, and run no more when the link is closed",
    source:
      "libbpf, bpf_program__attach(); Ringside's promise (ffi/program.ts)",
    prove: async (lab) => {
      for (const kind of kinds) {
        lab.evidence({ [kind.program.slice(3)]: await told(lab, kind) });
      }
    },
  }),
  claim({
    id: "U32",
    title:
      "A program runs by itself on a packet and a context of the caller's, who gets back what it made of them",
    source:
      '1cf1cae963c2 ("bpf: introduce BPF_PROG_TEST_RUN command"), Linux 4.12; b0b9395d865e ("bpf: support input __sk_buff context in BPF_PROG_TEST_RUN"), Linux 5.2',
    prove: (lab) => {
      lab.evidence({ tc: packets(lab), rawTracepoint: rawly(lab) });
    },
  }),
];
