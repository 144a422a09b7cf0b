/**
 * A program that says that it runs, and then does so for as many seconds as it is told.
 *
 * @module
 */
import { writeOut } from "../streams.ts";

writeOut("I run\n");
await new Promise((done) => setTimeout(done, 1000 * Number(Deno.args[0])));
writeOut("I am done\n");
