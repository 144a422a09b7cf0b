/**
 * U30: programs of every kind, attached where their sections say.
 *
 * That a kernel is asked for a bare program is ffi/bpf_syscall.ts, which mod.ts does
 * not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { tryProgram } from "../../ffi/bpf_syscall.ts";
import { BpfError } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";
import { type Kind, kinds } from "./attachable.ts";
import type { Missing } from "./built.ts";
import { countOf, loadKind } from "./kinds.ts";

const { EINVAL, EPERM } = constants.errno;

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

/** How often it ran, or why it is not to be had here. */
function told(lab: Lab, kind: Kind): number | string {
  try {
    const seen = runs(lab, kind);
    // So that it means something where the answer is another one.
    if (kind.kind) assert.equal(tryProgram(kind.kind), EINVAL);
    return seen;
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.match(error.message, /^Cannot (load|attach)/);
    const why = kind.missing() ?? forbidden(error, kind);
    if (why === undefined) throw error;
    return why;
  }
}

/** Who refuses every program of a kind does so before anybody has looked at it. */
function forbidden({ errno }: BpfError, { kind }: Kind): Missing {
  if (kind === undefined || errno !== EPERM) return undefined;
  return tryProgram(kind) === EPERM
    ? "a security module refuses every program of this type"
    : undefined;
}

/** U30. */
export const attachKinds: readonly Claim[] = [
  claim({
    id: "U30",
    mounted: "tracefs",
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
