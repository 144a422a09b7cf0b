/**
 * Builds the C side.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { findExecutable, output } from "../../kernels/executable.ts";

/** What is built: each program with its sources. */
const programs = {
  consumer: ["consumer.c", "subject.c"],
  driver: ["driver.c"],
} as const;

const flags = [
  ...["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror"],
  "-Wno-unused-parameter",
];

/** Paths of the C side's programs. */
export type Programs = Readonly<Record<keyof typeof programs, string>>;

/** Builds the C side's programs anew, by `cc`, below build/bench. */
export async function buildC(): Promise<Programs> {
  const folder = fileURLToPath(new URL("../../build/bench/", import.meta.url));
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, sources] of Object.entries(programs)) {
    await compile(`${folder}${name}`, sources);
  }
  return { consumer: `${folder}consumer`, driver: `${folder}driver` };
}

async function compile(
  program: string,
  sources: readonly string[],
): Promise<void> {
  const cc = findExecutable("cc");
  if (cc === undefined) {
    throw new Error(
      "Cannot build the C side: cc is not installed (on Debian and Ubuntu: apt-get install gcc)",
    );
  }
  const paths = sources.map((name) =>
    fileURLToPath(new URL(`c/${name}`, import.meta.url))
  );
  const args = [...flags, "-o", program, ...paths, "-lbpf", "-lpthread"];
  const { success, stderr } = await output(cc, args);
  if (success) return;
  const hint = /bpf\/\w+\.h|-lbpf/.test(stderr)
    ? " (on Debian and Ubuntu: apt-get install libbpf-dev)"
    : "";
  throw new Error(`Cannot build the C side${hint}\n${stderr}`);
}
