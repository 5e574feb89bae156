// What became of a write: what was asked, held against what the file holds when it is
// read back.
import { isDeepStrictEqual } from "node:util";
import { Fault } from "./fault.mjs";
import { compact } from "./neutral.mjs";

/**
 * The receipt of a write that was sent. asked, before and held are the record as it was
 * to be, as it was and as it is; before is undefined for a new one. writable are the
 * fields that a write can be about: what else the record shows follows from them.
 */
export function receipt(call, { writable, fields, asked, before, held, by, notify }) {
  const applied = [];
  const changed = [];
  const dropped = [];
  for (const field of fields) {
    if (isDeepStrictEqual(asked[field], held[field])) {
      applied.push(field);
      continue;
    }
    const kept = before !== undefined && isDeepStrictEqual(before[field], held[field]);
    (kept ? dropped : changed).push(
      compact({
        field,
        asked: asked[field],
        holds: held[field],
        code: "UNKNOWN",
        reason: "the file holds something else; somebody may have changed it at the same time",
      }),
    );
  }
  const wrong = changed.length + dropped.length;
  const others = writable.filter(
    (field) => !fields.includes(field) && !isDeepStrictEqual(before?.[field], held[field]),
  );
  if (before !== undefined) {
    for (const field of others) {
      changed.push(
        compact({ field, holds: held[field], code: "RULE", reason: "somebody else changed it at the same time" }),
      );
    }
  }
  return {
    outcome: wrong === 0 ? "APPLIED" : applied.length > 0 ? "PARTLY_APPLIED" : "NOT_APPLIED",
    applied,
    changed,
    dropped,
    defaulted: before === undefined ? others : [],
    attributed_to: by,
    notification: mail(notify),
    ...support(call),
  };
}

/** The receipt of a write that needed nothing: the file holds all of it already. */
export function unchanged(call, fields, notify) {
  return { outcome: "UNCHANGED", applied: fields, notification: mail(notify), ...support(call) };
}

/** The receipt of a dry run: the records that would be written. */
export function dryRun(call, planned) {
  return {
    outcome: "DRY_RUN",
    planned: planned.map(([path, body]) => ({ method: "WRITE", path, body })),
    reads: call.cost.requests > 0 ? [{ method: "READ", path: "/" }] : [], // else it was known
    ...support(call),
  };
}

const support = (call) => ({ support: "NATIVE", vendor_requests: call.cost.requests });

/** What is known of mail: a file sends none. */
function mail(notify = {}) {
  return {
    requested: notify.contact ?? "DEFAULT",
    expected: "NOT_SENT",
    observed: "NOT_SENT",
    evidence: "nothing mails what is in a file",
  };
}

/** Refuses to promise mail, unless the caller says that trying is enough. */
export function checkNotify(notify) {
  if (notify === undefined || notify.best_effort) return;
  for (const whom of ["contact", "cc", "technicians"]) {
    if (notify[whom] === "SEND") {
      throw new Fault(
        "failed_precondition",
        `notify.${whom} SEND cannot be promised: nothing mails what is in a file; set notify.best_effort to write all the same`,
        { reason: "NOTIFY_NOT_PROMISED" },
      );
    }
  }
}
