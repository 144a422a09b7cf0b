/**
 * Every call of libbpf and of the C library fails once, at every step of the
 * SDK: as root, on the running kernel.
 *
 * @module
 */

import { before, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { errnoName } from "../../ffi/errno.ts";
import { lines } from "../../kernels/lines.ts";
import { requireMounts } from "../mounts.ts";
import { type Fault, preload } from "./sdk_faults.ts";
import { scenarios } from "./sdk_scenarios.ts";
import type { Ran, Said, Thrown } from "./sdk_subject.ts";

/** One fault and what came of it. */
interface Outcome extends Fault, Ran {
  readonly scenario: string;
  readonly fired: boolean;
  readonly leak: string;
}

/** Calls without which the SDK goes on, and why that is right. */
const goesOn: Readonly<Record<string, string>> = {
  statx: "opening says what is wrong with a path",
  open: "what a file of /proc or /sys tells is not needed, or is asked again",
  read: "as open",
  flock: "it is tried again",
  close: "the descriptor is gone all the same",
  munmap: "there is nothing else to be done",
  write: "a wait that was to be woken ends by itself within 100 ms",
  poll: "a wait that ends early is begun anew",
  epoll_wait: "a wait that ends early is begun anew",
  ring_buffer__poll: "a wait that ends early is no failure",
  perf_buffer__poll: "a wait that ends early is no failure",
  vsnprintf: "a warning of libbpf's is lost, and what it warned of is told",
  membarrier: "it sleeps instead",
  bpf_map_lookup_elem: "what is no map says EINVAL, all else is a map",
};

/** Calls whose failure is told by what the caller knows instead of the errno. */
const toldInWords: Readonly<Record<string, RegExp>> = {
  bpf_map__fd: /it is not loaded/,
  bpf_program__fd: /it is not loaded/,
  bpf_object__btf: /carries no BTF|type has no member/,
  ring_buffer__epoll_fd: /EBADF/,
};

/** What the running kernel may lack: such a scenario is left out where it does. */
const optional = /^on_\w+ is attached/;

/** Scenarios in which calls are made more or less often. */
const byTime = /waited for|read in order/;

/** No line of the subject's is longer: it has a stack in it. */
const longestLine = 1 << 16;

/** Runs the subject to its end. */
async function suffer(): Promise<Said[]> {
  await using loaded = await preload();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-config", "--no-lock"],
      fileURLToPath(new URL("sdk_subject.ts", import.meta.url)),
    ],
    env: loaded.env,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const said: Said[] = [];
  for await (const line of lines(child.stdout, longestLine)) {
    said.push(JSON.parse(line));
  }
  const { success, signal, code } = await child.status;
  const last = said.at(-1);
  assert.ok(success, `${signal ?? code} behind ${JSON.stringify(last)}`);
  return said;
}

/** Each fault with its outcome. */
function outcomesOf(said: readonly Said[]): Outcome[] {
  return said.flatMap((line, at) => {
    const fault = said[at - 1];
    if (line.is !== "outcome" || fault?.is !== "fault") return [];
    const { call, nth, errno, scenario } = fault;
    return [{ ...line, call, nth, errno, scenario }];
  });
}

const isInner = (call: string): boolean => call.startsWith("libbpf:");

/** Whether an error tells of this fault. */
function tells({ call, errno }: Fault, thrown: Thrown): boolean {
  // libbpf has words of its own for what fails within it.
  if (isInner(call)) {
    return thrown.errno !== 0 || / needs? |no /.test(thrown.message);
  }
  const words = toldInWords[call];
  return thrown.errno === errno || words?.test(thrown.message) === true;
}

function told(outcome: Outcome): string {
  const { scenario, call, nth, errno, leak, thrown } = outcome;
  const what = thrown === undefined ? "nothing was thrown" : thrown.message;
  return `${call} ${nth} ${
    errnoName(errno)
  } while ${scenario}: ${what}; open: ${leak || "nothing"}`;
}

describe("a call that fails", () => {
  let said: Said[] = [];
  let outcomes: Outcome[] = [];

  before(async () => {
    assert.equal(Deno.uid(), 0, "Run it as root");
    requireMounts([{ id: "pins", mounted: "bpf" }]);
    said = await suffer();
    outcomes = outcomesOf(said);
  });

  const none = (wrong: readonly Outcome[]): void =>
    assert.deepEqual(wrong.map(told), []);

  it("is each one that the SDK and libbpf make", () => {
    const ran = said.filter(({ is }) => is === "ends").length;
    const left = said.filter((line) =>
      line.is === "begins" && line.thrown !== undefined
    );
    for (const line of left) {
      const { scenario = "", thrown } = line as Ran & { scenario: string };
      assert.match(scenario, optional, thrown?.message ?? "");
    }
    assert.equal(ran + left.length, scenarios.length);
    assert.ok(outcomes.length > 1000, `${outcomes.length} faults`);
    const calls = new Set(outcomes.map(({ call }) => call));
    const most = [
      ...["mmap", "munmap", "eventfd", "epoll_create1", "epoll_ctl", "poll"],
      ...["fcntl", "ioctl", "perf_event_open", "bpf(MAP_CREATE)", "epoll_wait"],
      ...["bpf_object__open_file", "bpf_object__load", "bpf_program__attach"],
      ...["bpf_map_lookup_elem", "bpf_map_update_elem", "bpf_obj_pin"],
      ...["ring_buffer__new", "ring_buffer__add", "perf_buffer__new"],
      ...["user_ring_buffer__new", "user_ring_buffer__reserve", "unlink"],
      ...["libbpf:malloc", "libbpf:mmap64", "libbpf:bpf(PROG_LOAD)"],
    ];
    assert.deepEqual(most.filter((call) => !calls.has(call)), []);
  });

  it("comes to be made", () => {
    // How often somebody waits, and looks for CPUs meanwhile, is a matter of time.
    const missed = outcomes.filter(({ fired }) => !fired);
    none(missed.filter(({ scenario }) => !byTime.test(scenario)));
    assert.ok(missed.length < outcomes.length / 100, missed.map(told).join());
  });

  it("leaves no descriptor, map, program, event or mapping behind", () => {
    none(outcomes.filter(({ leak }) => leak !== ""));
  });

  it("is a BpfError, also where something is closed behind it", () => {
    none(outcomes.filter(({ thrown }) => thrown?.isBpfError === false));
  });

  it("is told by its errno, unless the SDK or libbpf can do without", () => {
    none(outcomes.filter((outcome) => {
      const { call, thrown } = outcome;
      if (thrown !== undefined) return !tells(outcome, thrown);
      return !isInner(call) && goesOn[call] === undefined;
    }));
  });

  it("names what was to be done, and a way out where one is known", () => {
    const ways = ["EMFILE", "ENOMEM", "EPERM"];
    none(outcomes.filter(({ thrown, call, errno }) => {
      if (thrown === undefined || isInner(call)) return false;
      if (!/^BpfError: Cannot [a-z]/.test(thrown.message)) return true;
      const known = thrown.errno === errno && ways.includes(errnoName(errno));
      return known && !thrown.message.endsWith(")");
    }));
  });

  it("leaves the SDK as good as before", () => {
    const broken = said.filter((line) =>
      line.is === "ends" && line.thrown !== undefined
    );
    assert.deepEqual(broken, []);
  });
});
