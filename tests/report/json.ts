/**
 * The JSON report, schema `ringside/1`: everything that a run saw, for programs.
 *
 * @module
 */
import { type Results, type Row, summarize } from "../results.ts";

/** The report as text. Fields that say why occur only where there is a why. */
export function jsonReport(results: Results): string {
  const { started, finished, host, kernels } = results;
  const report = {
    schema: "ringside/1",
    started,
    finished,
    host,
    kernels: kernels.map(ordered),
    summary: summarize(kernels),
  };
  return JSON.stringify(report, null, 2) + "\n";
}

/** A row with its fields in the order of the schema, for those who read it or compare it. */
function ordered(row: Row): Row {
  const {
    id,
    label,
    simulated,
    driver,
    accel,
    release,
    arch,
    cpus,
    start,
    image,
    state,
    ...rest
  } = row;
  const { why, transport, reason, timings, console, warnings, exit, claims } =
    rest;
  return {
    ...{ id, label, simulated, driver, accel, release, arch, cpus, state },
    ...(start !== undefined && { start }),
    ...(image !== undefined && { image }),
    ...(why !== undefined && { why }),
    ...(transport !== undefined && { transport }),
    ...(reason !== undefined && { reason }),
    timings,
    ...(console !== undefined && { console }),
    ...(warnings !== undefined && { warnings }),
    ...(exit !== undefined && { exit }),
    claims,
  };
}
