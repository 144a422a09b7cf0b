/**
 * Says which import map a task needs: prints `--import-map=deno.offline.json`
 * when JSR does not answer, and nothing when it does. Tasks use it as
 * `deno test $(deno run -A tests/packages.ts) …`.
 *
 * @module
 */

/** Milliseconds that JSR has to answer; a laboratory's firewall may answer nothing at all. */
const patience = 2000;

/** Whether a registry answers, whatever it answers. */
export async function answers(
  url: string,
  timeoutMs: number,
): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "HEAD",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  if (!await answers("https://jsr.io/@std/cli/meta.json", patience)) {
    const write = (to: typeof Deno.stdout, text: string): void => {
      to.writeSync(new TextEncoder().encode(text));
    };
    write(
      Deno.stderr,
      "JSR does not answer: its two packages are replaced as deno.offline.json says\n",
    );
    write(Deno.stdout, "--import-map=deno.offline.json\n");
  }
}
