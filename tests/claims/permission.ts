/**
 * F: a refusal for want of permission is said, and hides behind no fallback.
 *
 * What a process may do is set by ffi/capability.ts and ffi/memlock.ts, and asked
 * by ffi/bpf_syscall.ts, which mod.ts does not hand on. Capabilities are one
 * thread's: they are laid down by the one that proves and taken up again.
 *
 * @module
 */

import assert from "node:assert/strict";
import { constants } from "node:os";
import { mapType, pageSize, tryMap } from "../../ffi/bpf_syscall.ts";
import { permitted, Without } from "../../ffi/capability.ts";
import { MemlockLimit } from "../../ffi/memlock.ts";
import { BpfError, openEvents } from "../../mod.ts";
import { Absent, type Claim, claim, type Lab } from "../claim.ts";

const { EINVAL, EPERM } = constants.errno;

/** The errno with which the kernel refuses a ring of one page, or 0. */
function askForRing(): number {
  return tryMap({ type: mapType.ringbuf, maxEntries: pageSize() });
}

/** The error of opening a stream with the transport left to the SDK. */
async function refusal(lab: Lab): Promise<BpfError> {
  try {
    await using events = await openEvents(lab.object("burst"), {
      attach: false,
    });
    assert.fail(`the stream was opened on ${events.transport}`);
  } catch (error) {
    if (error instanceof BpfError) return error;
    throw error;
  }
}

/** The error under a limit of 0 that nobody may raise. */
async function refusalForMemlock(
  lab: Lab,
  limit: MemlockLimit,
): Promise<BpfError> {
  assert.ok(
    permitted("SYS_RESOURCE"),
    "the limit could not be given back without CAP_SYS_RESOURCE",
  );
  limit.lower(0, "hard");
  using _ = new Without("SYS_RESOURCE");
  return await refusal(lab);
}

/** F3, F4. */
export const permission: readonly Claim[] = [
  claim({
    id: "F3",
    title:
      "A ring refused for RLIMIT_MEMLOCK (5.8–5.10: EPERM, even for root) is an error that names memlock, not a fallback",
    source:
      'kernel/bpf/syscall.c, bpf_charge_memlock, until the series of 3ac1f01b43b6 ("bpf: Eliminate rlimit-based memory accounting for bpf progs"), Linux 5.11',
    since: "5.8",
    needs: "ring",
    prove: async (lab) => {
      using limit = new MemlockLimit();
      limit.lower(0, "soft");
      const underLimit = askForRing();
      lab.evidence({ uid: Deno.uid(), underLimit });
      if (underLimit === 0) {
        throw new Absent(
          "a ring is made with RLIMIT_MEMLOCK at 0: this kernel does not charge it against the limit",
        );
      }
      assert.equal(underLimit, EPERM);
      const error = await refusalForMemlock(lab, limit);
      lab.evidence({ message: error.message });
      assert.equal(error.errno, EPERM);
      assert.match(error.message, /ask the kernel for a ring buffer/);
      assert.match(error.message, /locked-memory limit.*RLIMIT_MEMLOCK/);
    },
  }),
  claim({
    id: "F4",
    title:
      "Without CAP_BPF/CAP_SYS_ADMIN the answer is a clear permission error, not a fallback",
    source:
      'kernel/bpf/syscall.c; 2c78ee898d8f ("bpf: Implement CAP_BPF"), Linux 5.8',
    prove: async (lab) => {
      using _ = new Without("BPF", "SYS_ADMIN", "PERFMON", "NET_ADMIN");
      const map = askForRing();
      const error = await refusal(lab);
      const sysctl = Deno.readTextFileSync(
        "/proc/sys/kernel/unprivileged_bpf_disabled",
      );
      lab.evidence({ map, message: error.message });
      lab.evidence({ unprivilegedBpfDisabled: Number(sysctl) });
      assert.equal(error.errno, EPERM);
      assert.match(error.message, /\(run as root or grant CAP_BPF\)$/);
      // Where anyone may make maps, the program is what is refused.
      assert.ok([EPERM, 0, EINVAL].includes(map), `errno ${map}`);
      const refused = map === EPERM ? /^Cannot ask the kernel/ : /^Cannot load/;
      assert.match(error.message, refused);
    },
  }),
];
