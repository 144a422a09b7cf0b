/**
 * Turns the signals that end a command into an AbortSignal, so that machines
 * are ended, what was half done is put in order, and what was had is printed.
 *
 * @module
 */

/**
 * How long what else comes belongs to the first signal, ms: a terminal sends
 * Ctrl-C to all in the foreground, and `deno task`, which is one of them, passes
 * it on.
 */
const echoMs = 1000;

const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Why a command has ended: it was told to. */
export class Interrupted extends DOMException {
  /** The exit status that the signal asks for. */
  readonly status: number;

  constructor(name: keyof typeof statuses) {
    super(`Ended by ${name}`, "AbortError");
    this.status = statuses[name];
  }
}

/** What has become of a wish to end. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal. Another one, a second later or more, ends the process at once. */
  readonly signal: AbortSignal;
  /** The exit status that the signal asks for, once there was one. */
  readonly status: number | undefined;
}

/** How much later than a child this process may heed the signal that both were sent, ms. */
const heedMs = 100;

/** Waits until `signal` is as it is meant: a child that died may have died of what reaches us only now. */
export async function heed(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => setTimeout(resolve, heedMs));
}

/** Listens for the signals until it is disposed. */
export function interruption(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  const names = Object.keys(statuses) as (keyof typeof statuses)[];
  const listeners = names.map((name) => {
    const listener = (): void => {
      if (status !== undefined) return;
      const reason = new Interrupted(name);
      status = reason.status;
      Deno.unrefTimer(setTimeout(release, echoMs));
      controller.abort(reason);
    };
    Deno.addSignalListener(name, listener);
    return { name, listener };
  });
  const release = (): void => {
    for (const { name, listener } of listeners.splice(0)) {
      Deno.removeSignalListener(name, listener);
    }
  };
  return {
    signal: controller.signal,
    get status() {
      return status;
    },
    [Symbol.dispose]: release,
  };
}
