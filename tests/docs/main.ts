/**
 * `deno task docs [RESULTS.json [FOLDER]]`: the site of the project's pages, of
 * a JSON report of all claims. It fails where a text says what a claim refutes.
 *
 * @module
 */
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { readResults } from "../report/read.ts";
import { writeError, writeOut } from "../streams.ts";
import { buildSite } from "./site.ts";

/** Where CI puts the results of its run. */
const latest = "build/matrix.json";

/** Runs the command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const [report = latest, folder = "build/site", ...rest] = argv;
  if (rest.length > 0 || report.startsWith("-")) {
    throw new UsageError(
      "It takes a JSON report of all claims (deno task test:matrix --report " +
        `json=${latest}) and the folder to write to`,
    );
  }
  const wrong = await buildSite(await readResults(report), folder);
  if (wrong.length === 0) writeOut(`${folder}/index.html\n`);
  else writeError(["What the pages say is not so", ...wrong, ""].join("\n"));
  return wrong.length === 0 ? 0 : 1;
}

if (import.meta.main) await exitWith(main);
