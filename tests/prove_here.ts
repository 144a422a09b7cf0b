/**
 * Proves claims on the running kernel. What is said of them is heard as a
 * guest's words are, so that a run that is ended keeps what it had.
 *
 * @module
 */
import { heed } from "../kernels/interruption.ts";
import type { Claim } from "./claim.ts";
import type { Ending } from "./errand.ts";
import { askKernel, transportOf } from "./features.ts";
import { hostObjects } from "./freight.ts";
import { hello } from "./hello.ts";
import type { Watcher } from "./progress.ts";
import { claimTimeoutMs, proveAll } from "./prove.ts";
import type { Row } from "./results.ts";
import { cancelled, since } from "./row.ts";
import { Transcript } from "./transcript.ts";
import { words } from "./verdict.ts";
import { encode, type End, type Message, type Start } from "./wire.ts";

/** Id of the only row. */
export const here = "this-kernel";

/** How long a proof may go on when the run is ended, ms: most have put all in order by then. */
const graceMs = 1000;

/** The row of the running kernel; where `signal` is aborted, with what had ended. */
export async function proveHere(
  chosen: readonly Claim[],
  watch: Watcher,
  signal: AbortSignal,
): Promise<Row> {
  const began = performance.now();
  const transcript = new Transcript(chosen);
  const say = (message: Message): void => {
    const step = transcript.line(encode(message));
    if (step !== undefined) watch({ is: "step", row: here, step });
  };
  const ending = await proved(chosen, say, signal);
  const { release, arch, cpus } = hello();
  return {
    ...{ id: here, label: "This kernel", simulated: null },
    ...{ driver: "none", accel: null, release, arch, cpus },
    timings: { provisionMs: 0, bootMs: 0, runMs: since(began) },
    ...transcript.end(ending),
  };
}

async function proved(
  chosen: readonly Claim[],
  say: (message: Message) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const features = askKernel();
  const bench = { objects: hostObjects, features, timeoutMs: claimTimeoutMs };
  try {
    say(hello());
    say(transportOf(features));
    const messages = proveAll(chosen, bench);
    for await (const message of untilAborted(messages, signal)) say(message);
    say({ type: "bye" });
    return { is: "exit", code: 0, console: "" };
  } catch (error) {
    const why = signal.aborted ? cancelled : words(error);
    return { is: "lost", why, console: "" };
  }
}

/** The messages up to the end of the proof that the signal finds at work, if that is soon. */
async function* untilAborted(
  messages: AsyncGenerator<Start | End>,
  signal: AbortSignal,
): AsyncGenerator<Start | End> {
  using cut = cutBy(signal);
  for (;;) {
    const { value, done } = await Promise.race([messages.next(), cut.rejects]);
    if (done) return;
    const fails = value.type === "end" && value.verdict === "fails";
    // Ctrl-C is sent to the processes of a proof, too: it may have failed of that.
    if (fails) await heed(signal);
    if (fails || value.type === "start") signal.throwIfAborted();
    yield value;
  }
}

/** A promise that is rejected a moment after the signal was aborted. */
function cutBy(
  signal: AbortSignal,
): Disposable & { readonly rejects: Promise<never> } {
  const { promise: rejects, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = (): void => {
    timer = setTimeout(() => reject(signal.reason), graceMs);
  };
  signal.addEventListener("abort", abort);
  return {
    rejects,
    [Symbol.dispose]: () => {
      signal.removeEventListener("abort", abort);
      clearTimeout(timer);
    },
  };
}
