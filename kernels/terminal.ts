/**
 * What `deno task kernels` writes.
 *
 * @module
 */

/** Writes a line, whole. */
export function print(
  text: string,
  to: { writeSync(bytes: Uint8Array): number } = Deno.stdout,
): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let done = 0; done < bytes.length;) {
    done += to.writeSync(bytes.subarray(done));
  }
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number =>
    Math.max(...rows.map((r) => r[column]?.length ?? 0));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(width(column))).join("  ").trimEnd();
  return rows.map(line).join("\n");
}

/** Says what a row does now; the same again, but for its figures, only every five seconds. */
export function teller(id: string): (text: string) => void {
  let told = "";
  let at = 0;
  return (text) => {
    const words = text.replaceAll(/\d+ (of|MB)/g, "");
    if (words === told && Date.now() - at < 5000) return;
    [told, at] = [words, Date.now()];
    print(`${id}: ${text}`, Deno.stderr);
  };
}
