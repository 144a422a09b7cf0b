/**
 * A machine of the Vagrantfile: takes it up, sends a program into it, tells what the program writes
 * and how it ends, and destroys the machine. Whatever happens, it ends within its bounds.
 *
 * @module
 */
import type { MachineEvent } from "../machine.ts";
import { TooMuch } from "../stdout.ts";
import type { Box } from "./boxes.ts";
import type { Connection } from "./connection.ts";
import { Stay, type StayOptions } from "./stay.ts";

/** The program's end, as far as it was told. */
interface Life {
  upAt?: number;
  code?: number;
  endAt?: number;
  /** Why nothing more was heard. */
  cut?: string;
}

/**
 * Takes up the machine of `box`, brings in what {@linkcode packFreight} packed, and yields events as
 * they come. Leaving the loop, an exception in it, or the signal destroys the machine.
 *
 * @throws {Unavailable} when the machine belongs to another run, or was made by hand.
 * @throws the signal's reason when it is aborted.
 */
export async function* runBox(
  box: Box,
  freight: string,
  options: StayOptions,
): AsyncGenerator<MachineEvent> {
  options.signal.throwIfAborted();
  const began = performance.now();
  await using stay = await Stay.begin(box, options);
  const failure = await stay.up();
  options.signal.throwIfAborted();
  if (failure !== undefined) {
    yield { type: "lost", ...failure };
    return;
  }
  await using connection = await stay.connect(freight);
  const life: Life = {};
  try {
    for await (const said of connection.said()) {
      if (said.is === "line") yield { type: "line", text: said.text };
      else if (said.is === "up") {
        life.upAt = performance.now();
        yield { type: "up", bootMs: Math.round(life.upAt - began) };
      } else [life.code, life.endAt] = [said.code, performance.now()];
    }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    life.cut = error.message;
  }
  options.signal.throwIfAborted();
  yield await verdict(life, stay, connection);
}

async function verdict(
  { upAt, code, endAt, cut }: Life,
  stay: Stay,
  connection: Connection,
): Promise<MachineEvent> {
  const { complaints } = connection;
  const serial = await stay.console();
  const symptom = complaints.symptom ?? serial.symptom;
  const console = [complaints.tail(), serial.tail()].filter(Boolean).join("\n");
  // A program that was killed has its reason in the kernel's words.
  const killed = code !== undefined && code > 128 ? symptom?.why : undefined;
  if (code !== undefined && cut === undefined && killed === undefined) {
    const runMs = Math.round((endAt ?? 0) - (upAt ?? 0));
    return { type: "exit", code, runMs, console };
  }
  const why = cut ?? killed ?? stay.late(upAt !== undefined) ?? symptom?.why ??
    (upAt === undefined
      ? `The program could not be brought into the machine: ${
        firstLine(console) ?? await stay.state()
      }`
      : `The connection ended before the program did: ${await stay.state()}`);
  return { type: "lost", why, console };
}

/** The first line that says something: what follows it is mostly its consequence. */
function firstLine(text: string): string | undefined {
  return text.split("\n").map((line) => line.trim())
    .find((line) => line !== "");
}
