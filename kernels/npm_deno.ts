/**
 * Deno for another processor, out of npm: by Deno itself, which is a client of npm that is there
 * wherever this runs, asks the registry that is set up, and checks what it gets against its sums.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { type Arch, arches } from "./arch.ts";
import { keptFolder } from "./kept_folder.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import { openWorkshop } from "./workshop.ts";

/**
 * The versions that will do for the host's `version`: the newest of the same minor one that is not
 * newer. Packages of processors are published one after the other, so the very one may be missing.
 */
export function acceptable(version: string): string {
  const [major, minor] = version.split(".");
  return `>=${major}.${minor}.0 <=${version}`;
}

/** Deno's own complaint without its colours, its first line. */
function complaint(stderr: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  const plain = new TextDecoder().decode(stderr).replace(/\x1b\[[0-9;]*m/g, "");
  const said = plain.split("\n").find((line) => line.startsWith("error: "));
  return said?.slice("error: ".length) ?? "deno install failed without a word";
}

async function install(
  name: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const dependencies = { [name]: acceptable(Deno.version.deno) };
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify({ dependencies }),
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--node-modules-dir=auto"],
    cwd: folder,
    stdin: "null",
    stderr: "piped",
    ...(signal !== undefined && { signal }),
  }).output();
  signal?.throwIfAborted();
  if (success) return;
  throw new Unavailable(`Cannot have ${name} from npm: ${complaint(stderr)}`);
}

/**
 * The host path of Deno for `arch`, out of the cache or had now.
 *
 * @throws {Unavailable} with a reason of one line, or the signal's reason.
 */
export async function npmDeno(
  arch: Arch,
  { cache, offline, progress, signal }: ProvisionOptions,
): Promise<string> {
  const { deno: name, label } = arches[arch];
  const place = join(cache, "userland", `deno-${Deno.version.deno}-${arch}`);
  const folder = await keptFolder(place, async (part) => {
    if (offline) {
      throw new Unavailable(`Deno for ${label} is not in the cache`);
    }
    progress?.(`having Deno for ${label} from npm`);
    await using workshop = await openWorkshop(dirname(place));
    await install(name, workshop.path, signal);
    const from = join(workshop.path, "node_modules", name, "deno");
    await Deno.copyFile(from, join(part, "deno"));
  });
  return join(folder, "deno");
}
