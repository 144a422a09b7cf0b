/**
 * Stands in for `@std/cli/parse-args` where JSR does not answer: minimist takes
 * the same options and returns the same shape for those that Ringside uses.
 *
 * @module
 */
export { default as parseArgs } from "npm:minimist@^1.2.8";
