/**
 * F: what the verifier lets a program use on either transport.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { BpfError, BpfObject, openEvents, probeRing } from "../../mod.ts";
import { type Claim, claim, type Lab } from "../claim.ts";

const { EACCES, EINVAL } = constants.errno;

/** The value that the program under its own license sends over the ring. */
async function viaRing(lab: Lab): Promise<number[]> {
  await using events = await openEvents<{ value: bigint }>(
    lab.object("proprietary"),
    { transport: "ring", attach: false },
  );
  assert.equal(events.object.program("send_ring").testRun().result, 0);
  return events.drain().map(({ value }) => Number(value));
}

/** Opens the perf half of an object; the error if it is refused. */
async function viaPerf(lab: Lab, name: string): Promise<BpfError | "loaded"> {
  try {
    const options = { transport: "perf", attach: false } as const;
    await using _ = await openEvents(lab.object(name), options);
    return "loaded";
  } catch (error) {
    if (error instanceof BpfError) return error;
    throw error;
  }
}

/** Loads one program of bpf/crossed.bpf.c: "loaded", or what the verifier minds. */
function crossed(lab: Lab, program: string): string {
  using object = BpfObject.open(lab.object("crossed"));
  for (const other of object.programs.values()) {
    other.autoload = other.name === program;
  }
  try {
    object.load();
    return "loaded";
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    assert.ok([EACCES, EINVAL].includes(error.errno), error.message);
    return minded(error, /cannot pass map_type/);
  }
}

/** The line of the verifier's log that says what it minds. */
function minded({ log }: BpfError, what: RegExp): string {
  const line = log.split("\n").find((line) => what.test(line));
  assert.ok(line, `the verifier does not say ${what}: ${log}`);
  return line.trim();
}

/** F7, F8. */
export const refused: readonly Claim[] = [
  claim({
    id: "F7",
    title:
      "A program that is not GPL may use the ring helpers, but not bpf_perf_event_output",
    source:
      "gpl_only of the helpers' protos: kernel/bpf/ringbuf.c, net/core/filter.c",
    prove: async (lab) => {
      if (probeRing().has) {
        const ring = await viaRing(lab);
        lab.evidence({ ring });
        assert.deepEqual(ring, [7]);
      }
      const error = await viaPerf(lab, "proprietary");
      assert.ok(error instanceof BpfError, "the perf half was loaded");
      lab.evidence({ perf: minded(error, /GPL/) });
      assert.equal(error.errno, EINVAL);
      assert.equal(await viaPerf(lab, "burst"), "loaded");
    },
  }),
  claim({
    id: "F8",
    title:
      "bpf_ringbuf_output on a perf array is rejected by the verifier wherever there are rings; on a map that no helper claims for itself, such as an array, only since the fix",
    source:
      'kernel/bpf/verifier.c, check_map_func_compatibility; 5b029a32cfe4 ("bpf: Fix ringbuf helper function compatibility"), Linux 5.15 and stable points',
    since: "5.8",
    needs: "ring",
    prove: (lab) => {
      const ring = crossed(lab, "output_to_ring");
      const perf = crossed(lab, "output_to_perf");
      const array = crossed(lab, "output_to_array");
      lab.evidence({ ring, perf, array });
      assert.equal(ring, "loaded");
      assert.match(perf, /cannot pass map_type 4 into func bpf_ringbuf_output/);
      // A map that no helper claims for itself was let pass before the fix.
      assert.match(array, /^loaded$|cannot pass map_type 2 into/);
    },
  }),
];
