/**
 * The process whose calls fail: runs scenarios and says, one line of JSON for
 * each fault, what came of it. Started by tests/faults/sdk_calls_test.ts with
 * what preload() of tests/faults/sdk_faults.ts answers.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BpfError } from "../../mod.ts";
import { census, leaked } from "../leaks.ts";
import { errnosOf, type Fault, Faults } from "./sdk_faults.ts";
import type { Scenario } from "./sdk_scenario.ts";
import { removePin, scenarios } from "./sdk_scenarios.ts";

/** What is said, a line each: a scenario begins, as often as need be a fault with its outcome, it ends. */
export type Said =
  | Ran & { readonly is: "begins" | "ends"; readonly scenario: string }
  | Fault & { readonly is: "fault"; readonly scenario: string }
  | Ran & {
    readonly is: "outcome";
    /** Whether the call came to be made. */
    readonly fired: boolean;
    /** What is open that was not before, as words. */
    readonly leak: string;
  };

/** How a scenario went. */
export interface Ran {
  /** What was thrown; left out where nothing was. */
  readonly thrown?: Thrown;
}

/** As much of an exception as is judged. */
export interface Thrown {
  readonly isBpfError: boolean;
  readonly message: string;
  readonly errno: number;
  readonly stack: string;
}

/** Of a scenario's calls of one name so many are made to fail: half of them the first, half the last. */
const mostOfName = { ours: 12, libbpfs: 6 } as const;

/** How long a scenario may take, ms. */
const patienceMs = 10_000;

function thrownIn(thrown: Thrown | undefined): Ran {
  return thrown === undefined ? {} : { thrown };
}

function say(line: Said): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

async function attempt(scenario: Scenario): Promise<Thrown | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("It never ended")), patienceMs);
  });
  try {
    await Promise.race([(async () => await scenario.run())(), late]);
    return undefined;
  } catch (error) {
    return {
      isBpfError: error instanceof BpfError,
      message: `${error}`,
      errno: error instanceof BpfError ? error.errno : 0,
      stack: error instanceof Error ? error.stack ?? "" : "",
    };
  } finally {
    clearTimeout(timer);
    removePin();
  }
}

/** The monotonic clock is there on every kernel (clock_gettime(2): EINVAL of others only). */
const neverFails = ["clock_gettime"];

/** Every call of a scenario once, each with every errno that it may have. */
function faultsOf(calls: readonly string[]): Fault[] {
  const mayFail = calls.filter((call) => !neverFails.includes(call));
  const counts = Map.groupBy(mayFail, (call) => call);
  return [...counts].flatMap(([call, { length }]) => {
    const inner = call.startsWith("libbpf:");
    const half = mostOfName[inner ? "libbpfs" : "ours"] / 2;
    const places = Array.from({ length }, (_, at) => at + 1)
      .filter((nth) => nth <= half || nth > length - half);
    return places.flatMap((nth) =>
      errnosOf(call).slice(0, inner ? 1 : undefined)
        .map((errno) => ({ call, nth, errno }))
    );
  });
}

/** Descriptors and mappings as they are when all that was closed is gone. */
async function settled(before: ReturnType<typeof census>): Promise<string> {
  let leak = leaked(before, census());
  for (let turn = 0; leak !== "" && turn < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    leak = leaked(before, census());
  }
  return leak;
}

async function suffer(faults: Faults, scenario: Scenario): Promise<void> {
  // Once for what is kept by libbpf, by the SDK and by Deno.
  const first = await attempt(scenario);
  say({ is: "begins", scenario: scenario.name, ...thrownIn(first) });
  if (first !== undefined) return;
  faults.begin();
  await attempt(scenario);
  faults.end();
  const all = faultsOf(faults.calls);
  for (const fault of all) {
    const before = census();
    say({ is: "fault", scenario: scenario.name, ...fault });
    faults.begin(fault);
    const thrown = await attempt(scenario);
    const fired = faults.end();
    const leak = await settled(before);
    say({ is: "outcome", fired, leak, ...thrownIn(thrown) });
  }
  const last = await attempt(scenario);
  say({ is: "ends", scenario: scenario.name, ...thrownIn(last) });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { scenario: { type: "string" } } });
  using faults = new Faults();
  for (const scenario of scenarios) {
    if (scenario.name.includes(values.scenario ?? "")) {
      await suffer(faults, scenario);
    }
  }
}
