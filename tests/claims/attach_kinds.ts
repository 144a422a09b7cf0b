/**
 * U30: programs of every kind, attached where their sections say.
 *
 * The uprobes are on a function of libc's that ffi/bpf_syscall.ts calls, which
 * mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { pageSize } from "../../ffi/bpf_syscall.ts";
import { BpfError } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { countOf, loadKind } from "./kinds.ts";

/** What a kind of program is attached to, and what makes it run in this process. */
interface Kind {
  readonly program: string;
  readonly act: () => void;
  /** Whether this kernel may be built without it; asked when it was refused. */
  readonly optional: () => boolean;
}

const comm = "/proc/thread-self/comm";
const rename = (): void =>
  Deno.writeTextFileSync(comm, Deno.readTextFileSync(comm).trimEnd());
const read = (): void => void Deno.readTextFileSync(comm);
const call = (): void => void pageSize();

const always = (): boolean => true;
const never = (): boolean => false;

/**
 * Raw tracepoints came with c4f6699dfcb8 ("bpf: introduce BPF_RAW_TRACEPOINT"),
 * Linux 4.17, and with them a function for each tracepoint.
 */
const noRawTracepoints = (): boolean =>
  !/ __bpf_trace_task_rename\b/.test(Deno.readTextFileSync("/proc/kallsyms"));

const kinds: readonly Kind[] = [
  { program: "on_tracepoint", act: rename, optional: never },
  { program: "on_raw_tracepoint", act: rename, optional: noRawTracepoints },
  { program: "on_kprobe", act: read, optional: always },
  { program: "on_kretprobe", act: read, optional: always },
  { program: "on_uprobe", act: call, optional: always },
  { program: "on_uretprobe", act: call, optional: always },
  { program: "on_fentry", act: read, optional: always },
  { program: "on_lsm", act: read, optional: always },
];

/** How often the program ran while it was attached; afterwards it must not run. */
function runs(lab: Lab, { program, act }: Kind): number {
  using object = loadKind(lab, program);
  act();
  assert.equal(countOf(object), 0, `${program} ran before it was attached`);
  const link = object.program(program).attach();
  try {
    act();
  } finally {
    link.close();
  }
  const seen = countOf(object);
  assert.ok(seen > 0, `${program} is attached and did not run`);
  act();
  assert.equal(countOf(object), seen, `${program} ran when it was detached`);
  return seen;
}

/** How often it ran, or how it was refused. */
function told(lab: Lab, kind: Kind): number | string {
  try {
    return runs(lab, kind);
  } catch (error) {
    if (!(error instanceof BpfError) || !kind.optional()) throw error;
    assert.match(error.message, /^Cannot (load|attach)/);
    return error.message.replace(/^Cannot \w+ (program )?"[^"]*" ?/, "");
  }
}

/** U30. */
export const attachKinds: readonly Claim[] = [
  claim({
    id: "U30",
    title:
      "Programs attach where their sections say, run there, and run no more when the link is closed",
    source:
      "libbpf, bpf_program__attach(); Ringside's promise (ffi/program.ts)",
    prove: (lab) => {
      for (const kind of kinds) {
        lab.evidence({ [kind.program.slice(3)]: told(lab, kind) });
      }
    },
  }),
];
