/**
 * What debootstrap knows of a suite: a script by its name, which comes with debootstrap. One that is
 * older than the suite has none, and Debian has suites that are younger than its own debootstrap.
 *
 * @module
 */
import { findExecutable } from "../executable.ts";
import { Unavailable } from "../kernel.ts";

/** Where debootstrap looks for its own files: debootstrap(8). */
function home(): string {
  const named = Deno.env.get("DEBOOTSTRAP_DIR");
  if (named) return named;
  // There it is unpacked within a system that is being made by it.
  const unpacked = "/debootstrap";
  return findExecutable(`${unpacked}/debootstrap`)
    ? unpacked
    : "/usr/share/debootstrap";
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Sees to it that debootstrap has a script of the suite. Where its scripts are not to be found it is
 * built in another way, and says itself what it lacks.
 *
 * @throws {Unavailable} when it has others, and not this one.
 */
export function checkScript(suite: string): void {
  const scripts = `${home()}/scripts`;
  if (!isThere(scripts) || isThere(`${scripts}/${suite}`)) return;
  throw new Unavailable(
    `The box cannot be built: the debootstrap of this machine has no script of ${suite} in ${scripts}; ` +
      `install a newer one, or have ${suite} made as sid is (ln -s sid ${scripts}/${suite})`,
  );
}
