/**
 * R8: what the verifier refuses of a ring's producer.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, BpfObject } from "../../mod.ts";
import { type Claim, claim, type Json, type Lab } from "../claim.ts";

const { EACCES, EINVAL } = constants.errno;

/** The verifier's errno and words, which change with the kernels, by program of bpf/rejected.bpf.c. */
const refusals: Readonly<Record<string, { errno: number[]; word: RegExp }>> = {
  kept: { errno: [EINVAL], word: /^Unreleased reference id=\d+/m },
  unchecked: {
    errno: [EACCES],
    word: /^R\d invalid mem access '(\w+_)?mem_or_null'/m,
  },
  past_end: {
    errno: [EACCES],
    word: /^invalid access to (memory|mem), mem_size=8 off=8 size=8/m,
  },
  // The second wording is of 5.15.
  twice: {
    errno: [EACCES],
    word:
      /^(R1 type=\w+ expected=\w*mem|helper wants pointer to allocated memory)/m,
  },
  // 5.10 asks for a bound; the program has one, and it does not help.
  any_size: {
    errno: [EACCES, EINVAL],
    word: /^R2 (is not a (known )?const|unbounded size)/m,
  },
};

/** Loads one program of the object and none of the others: what it was refused with. */
function refused(lab: Lab, name: string): BpfError | undefined {
  using object = BpfObject.open(lab.object("rejected"));
  for (const program of object.programs.values()) {
    program.autoload = program.name === name;
  }
  try {
    object.load();
    return undefined;
  } catch (error) {
    if (error instanceof BpfError) return error;
    throw error;
  }
}

/** R8. */
export const verifier: readonly Claim[] = [
  claim({
    id: "R8",
    title:
      "The verifier rejects: no submit or discard on some path, no NULL check, a write past the size, a second submit, a size that is not constant",
    source:
      '457f44363a88 ("bpf: Implement BPF ring buffer and verifier support for it"), Linux 5.8',
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      assert.equal(refused(lab, "fine"), undefined, "the control is refused");
      const said: Record<string, Json> = {};
      for (const [name, { errno, word }] of Object.entries(refusals)) {
        const error = refused(lab, name);
        assert.ok(error, `the verifier takes "${name}"`);
        const found = word.exec(error.log)?.[0];
        said[name] = {
          errno: error.code,
          word: found ?? error.log.slice(-600),
        };
        lab.evidence({ said });
        assert.ok(errno.includes(error.errno), `"${name}": ${error.message}`);
        assert.ok(found, `"${name}" is refused in other words`);
      }
    },
  }),
];
