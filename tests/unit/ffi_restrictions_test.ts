/**
 * Why bpf(2) is refused: by the facts, and for real by processes that are
 * restricted, where root may restrict them.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { constants } from "node:os";
import {
  lockdownOf,
  type Restrictions,
  whyForbidden,
  whyNoRing,
} from "../../ffi/restrictions.ts";
import { restricted } from "./restricted.ts";

const { EACCES, EINVAL, EIO, ENOMEM, ENOSYS, EPERM } = constants.errno;

/** Root on a new kernel, where nothing stands in between. */
const free: Restrictions = {
  ...{ mayUseBpf: true, mayTrace: true, mayNetwork: true },
  ...{ userNamespace: false, seccomp: false },
  ...{ unprivilegedDisabled: 2, lockdown: "none", memlock: 8 << 20 },
  ...{ charged: false, unknownCommand: EINVAL },
};

/** The explanation in one line. */
function why(errno: number, facts: Partial<Restrictions>): string {
  const { cause = "", remedy } = whyNoRing(errno, { ...free, ...facts });
  return `${cause} (${remedy})`;
}

/** The same of a call other than the ring's. */
function forbidden(facts: Partial<Restrictions>): string {
  const { cause = "", remedy } = whyForbidden({ ...free, ...facts });
  return `${cause} (${remedy})`;
}

describe("whyNoRing", () => {
  it("names the capability, and the sysctl that asks for it", () => {
    const poor = { mayUseBpf: false, unknownCommand: EPERM };
    assert.equal(
      why(EPERM, poor),
      "kernel.unprivileged_bpf_disabled is 2 (run as root or grant CAP_BPF)",
    );
    const unknown = { ...poor, unprivilegedDisabled: undefined };
    assert.equal(why(EPERM, unknown), " (run as root or grant CAP_BPF)");
  });

  it("names the user namespace, the filter, the module", () => {
    assert.match(
      why(EPERM, { userNamespace: true }),
      /^capabilities of a user/,
    );
    const filtered = { unknownCommand: EPERM, seccomp: true };
    assert.match(why(EPERM, filtered), /^a seccomp filter .*profile/);
    const module = { unknownCommand: EACCES };
    assert.match(why(EACCES, module), /^a security module/);
    // It lets bpf(2) pass, but not this map.
    assert.match(why(EPERM, { seccomp: true }), /^a security module/);
  });

  it("names the limit on locked memory where maps are charged against it", () => {
    const old = { charged: true, memlock: 65_536 };
    assert.match(why(EPERM, old), /limit of 65536 bytes .*ulimit -l unlimited/);
    const anybody = { mayUseBpf: false, unprivilegedDisabled: 0 };
    assert.match(why(EPERM, { ...old, ...anybody }), /^the locked-memory/);
    assert.match(why(EPERM, { ...old, memlock: Infinity }), /^a security/);
    assert.match(why(EPERM, { memlock: 0 }), /^a security module/);
  });

  it("names memory, a kernel without bpf(2), and a filter that plays one", () => {
    assert.match(why(ENOMEM, {}), /^there is no memory .*cgroup/);
    const without = { unprivilegedDisabled: undefined };
    assert.match(why(ENOSYS, without), /CONFIG_BPF_SYSCALL/);
    assert.match(why(ENOSYS, { ...without, seccomp: true }), /CONFIG_BPF/);
    assert.match(why(ENOSYS, { seccomp: true }), /^a seccomp filter/);
    assert.match(why(EIO, {}), /EIO is no answer known/);
  });
});

describe("whyForbidden", () => {
  it("names what forbids a load or an attachment", () => {
    assert.match(forbidden({ mayUseBpf: false }), /grant CAP_BPF/);
    assert.match(forbidden({ mayTrace: false }), /grant CAP_PERFMON too/);
    assert.match(forbidden({ mayNetwork: false }), /grant CAP_NET_ADMIN too/);
    assert.match(forbidden({ userNamespace: true }), /^capabilities of/);
    assert.match(forbidden({ unknownCommand: EPERM }), /^a security module/);
    const lockdown = "confidentiality";
    assert.match(forbidden({ lockdown }), /^the kernel is locked down/);
    assert.match(forbidden({ lockdown: "integrity" }), /^a security module/);
  });
});

describe("lockdownOf", () => {
  it("reads /sys/kernel/security/lockdown", () => {
    const text = "none [integrity] confidentiality\n";
    assert.deepEqual([lockdownOf(text), lockdownOf("")], [
      ...["integrity", undefined],
    ]);
  });
});

/** Only root can take from a process what it has. */
const asRoot = Deno.uid() === 0 ? it : it.skip;

describe("a restricted process", () => {
  const prefix = "Cannot ask the kernel for a ring buffer by " +
    "BPF_MAP_CREATE(RINGBUF): ";

  asRoot("is told of its seccomp filter", async () => {
    const profile = "allow bpf in the container's seccomp profile";
    for (const code of ["EPERM", "EACCES", "ENOSYS"] as const) {
      assert.equal(
        await restricted({ seccomp: constants.errno[code] }),
        `${prefix}${code}: a seccomp filter refuses bpf(2) (${profile})`,
      );
    }
  });

  asRoot(
    "is told of capabilities that it has not, or in a user namespace only",
    async () => {
      // 39 is CAP_BPF: tools older than Linux 5.8 have no name for it.
      const user = ["setpriv", "--bounding-set=-sys_admin,-cap_39"];
      const sysctl = "/proc/sys/kernel/unprivileged_bpf_disabled";
      const disabled = Deno.readTextFileSync(sysctl).trim();
      const answers = [
        await restricted({ by: user }),
        await restricted({ by: ["unshare", "--user", "--map-root-user"] }),
      ];
      assert.deepEqual(
        answers,
        disabled === "0" ? ["has: true", "has: true"] : [
          `${prefix}EPERM: kernel.unprivileged_bpf_disabled is ${disabled} ` +
          "(run as root or grant CAP_BPF)",
          `${prefix}EPERM: capabilities of a user namespace do not count for ` +
          "BPF (run outside of it: a rootless container is one)",
        ],
      );
    },
  );

  asRoot(
    "is not refused for locked memory by a kernel that does not charge it",
    async () => {
      const by = ["prlimit", "--memlock=0:0", "setpriv", "--bounding-set"];
      const answer = await restricted({ by: [...by, "-sys_resource"] });
      assert.match(answer, /^has: true$|locked-memory limit of 0 bytes/);
    },
  );
});
