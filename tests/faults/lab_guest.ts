/**
 * The program in a guest that comes to harm: the runner of every guest, with
 * three claims of which the one in the middle is what the kernel's command line
 * asks for.
 *
 * @module
 */
import { type Claim, claim } from "../claim.ts";
import { main } from "../guest.ts";
import { hello } from "../hello.ts";
import { causes } from "./lab_causes.ts";

/** The kernel parameter that names what happens. */
export const parameter = "fault.cause=";

const source = "tests/faults";

/** The claims: one that is proved before the fault, the fault, one behind it. */
export function claims(cause: string): readonly Claim[] {
  const prove = causes[cause] ?? ((): never => {
    throw new TypeError(`No fault is called "${cause}"`);
  });
  return [
    claim({ id: "Z1", title: "Before the fault", source, prove: () => {} }),
    claim({ id: "Z2", title: "The fault", source, prove }),
    claim({ id: "Z3", title: "Behind the fault", source, prove: () => {} }),
  ];
}

if (import.meta.main) {
  const cause = Deno.readTextFileSync("/proc/cmdline").trim().split(" ")
    .find((word) => word.startsWith(parameter))?.slice(parameter.length) ?? "";
  const known = hello();
  const name = cause === "otherName"
    ? { ...known, release: "9.9.9-elsewhere" }
    : known;
  await main(claims(cause), Deno.args, name);
}
