/**
 * Has a box on this machine, as Vagrant keeps it: downloaded once, and its sum checked.
 *
 * @module
 */
import { Unavailable } from "../kernel.ts";
import type { Box } from "./boxes.ts";
import type { Provider } from "./provider.ts";
import { runVagrant } from "./vagrant.ts";

/** How a box may be had. */
export interface HaveOptions {
  readonly provider: Provider;
  /** Never asks the network. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  /** Takes one line about what is done now. */
  readonly progress: (text: string) => void;
}

/** The boxes that Vagrant has: `name provider version` each. */
export async function boxesHere(): Promise<ReadonlySet<string>> {
  const { success, stdout, complaint } = await runVagrant([
    ...["box", "list", "--machine-readable"],
  ]);
  if (!success) {
    throw new Unavailable(`Vagrant cannot list its boxes: ${complaint}`);
  }
  const known = new Set<string>();
  let name = "";
  let provider = "";
  // Each line is time, machine, type, data; a box is three lines that follow each other.
  for (const line of stdout.split("\n")) {
    const [, , type, value = ""] = line.split(",");
    if (type === "box-name") name = value;
    if (type === "box-provider") provider = value;
    if (type === "box-version") known.add(`${name} ${provider} ${value}`);
  }
  return known;
}

/**
 * Has the box brought to this machine.
 *
 * @throws {Unavailable} when it cannot be had, with Vagrant's reason.
 */
export async function haveBox(
  { box, built }: Box,
  { provider, offline, signal, progress }: HaveOptions,
): Promise<void> {
  const wanted = `${box} ${provider} ${built?.version ?? ""}`;
  const here = [...await boxesHere()];
  if (here.some((known) => known.startsWith(wanted))) return;
  if (offline && built === undefined) {
    throw new Unavailable(
      `The box ${box} is not on this machine, and --offline asks no network`,
    );
  }
  progress(`box ${box}`);
  const { success, complaint } = await runVagrant([
    ...["box", "add", built?.catalogue ?? box, "--provider", provider],
    ...built === undefined ? [] : ["--box-version", built.version],
  ], { signal });
  signal.throwIfAborted();
  if (!success) {
    throw new Unavailable(`The box ${box} cannot be had: ${complaint}`);
  }
}
