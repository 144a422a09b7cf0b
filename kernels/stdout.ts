/**
 * What a program in a machine writes to its stdout: lines, and no more of them than anybody reads.
 *
 * @module
 */
import { lines, LineTooLong } from "./lines.ts";

const LINE_BYTES = 1 << 20;
/** Hours of output at a serial port's speed are nobody's. */
const BYTES = 8 << 20;

/** The program wrote more than is heard; its message is a sentence about the program. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

/**
 * The lines of the stream, without their ends.
 *
 * @throws {TooMuch} when one of them, or all, are too long; the rest of the stream is not read.
 */
export async function* stdoutLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  try {
    yield* lines(bounded(stream), LINE_BYTES);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    throw new TooMuch(
      "The program wrote a line of more than 1 MiB to its stdout",
    );
  }
}

/** The stream's first bytes, as many as are heard; behind them it ends in an error. */
async function* bounded(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let left = BYTES;
  for await (const chunk of stream) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left < 0) {
      throw new TooMuch("The program wrote more than 8 MiB to its stdout");
    }
  }
}
