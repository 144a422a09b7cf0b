/**
 * Turns the signals that end a command into an AbortSignal, so that machines
 * are ended and what was had is printed.
 *
 * @module
 */

const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** What has become of a wish to end. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal. The second one ends the process at once. */
  readonly signal: AbortSignal;
  /** The exit status that the signal asks for, once there was one. */
  readonly status: number | undefined;
}

/** Listens for the signals until it is disposed. */
export function interruption(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  const entries = Object.entries(statuses) as [keyof typeof statuses, number][];
  const listeners = entries.map(([name, value]) => {
    const listener = (): void => {
      status = value;
      release();
      controller.abort(new DOMException(`Ended by ${name}`, "AbortError"));
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
