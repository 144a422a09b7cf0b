/**
 * Lines out of a stream of bytes.
 *
 * @module
 */

/** A line grew beyond its bound. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

const carriageReturn = 13;

/**
 * The stream's lines without their ends (`\n` or `\r\n`), the last one also when it has no end.
 *
 * @throws {LineTooLong} when a line has more than `bound` bytes; the rest of the stream is not read.
 */
export async function* lines(
  stream: AsyncIterable<Uint8Array>,
  bound: number,
): AsyncGenerator<string> {
  const text = new TextDecoder();
  let parts: Uint8Array[] = [];
  let held = 0;
  const hold = (part: Uint8Array): void => {
    parts.push(part);
    held += part.length;
    if (held <= bound) return;
    throw new LineTooLong(`A line has more than ${bound} bytes`);
  };
  const line = (last: Uint8Array): string => {
    hold(last);
    const bytes = join(parts, held);
    parts = [];
    held = 0;
    let end = bytes.length;
    while (bytes[end - 1] === carriageReturn) end--;
    return text.decode(bytes.subarray(0, end));
  };
  for await (let rest of stream) {
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield line(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) hold(rest);
  }
  if (held > 0) yield line(new Uint8Array());
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
