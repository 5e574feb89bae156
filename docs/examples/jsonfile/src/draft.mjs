// What a write of a ticket asks for, field by field, as the file is to hold it.
import { isDeepStrictEqual } from "node:util";
import { Fault, invalid, notSupported, violation } from "./fault.mjs";
import { first, pick } from "./lists.mjs";
import { lines, tooLong } from "./text.mjs";

/** The fields of a ticket that the file has no place for. */
export const unsupportedFields = {
  record_type: "tickets in the file have no forms",
  impact: "the file has no impact",
  urgency: "the file has no urgency",
  type: "tickets in the file are not classified",
  subtype: "tickets in the file are not classified",
  item: "tickets in the file are not classified",
  source: "the file does not say how tickets come in",
  co_owners: "a ticket in the file has one owner",
  site: "the file has no sites",
  contact: "the file names companies, and no people there",
  watchers: "nobody is copied on a ticket in the file",
  configurations: "the file has no configurations",
  parent: "tickets in the file do not hang under one another",
  problem: "tickets in the file do not hang under one another",
  resolution: "the file keeps no resolutions",
  estimated_seconds: "the file plans no work",
  agreement: "the file has no agreements",
  work_type: "the file has no kinds of work",
  custom_fields: "the file has no custom fields",
  catalog_item: "nothing can be ordered in a file",
  variables: "nothing can be ordered in a file",
};

/** What each field that can be written becomes in the record; undefined clears it. */
const writers = {
  kind(value) {
    if (value !== "SERVICE")
      throw invalid(violation("kind", "every ticket in the file is of the kind SERVICE", { allowed: ["SERVICE"] }));
    return {};
  },
  title(value) {
    if (!value?.trim()) throw needed("title");
    if (/[\r\n]/.test(value)) throw invalid(violation("title", "title is one line"));
    return { title: short("title", value, 255) };
  },
  description: (value) => ({ description: value ? short("description", lines(value), 32000) : undefined }),
  status(value, desk, before) {
    if (value === undefined) throw needed("status");
    const { statuses } = desk.json;
    let found;
    if (value.id !== undefined || value.name !== undefined) {
      found = pick("status", "status", statuses, value);
      agree("status", "category", found, value);
    } else {
      found = meaning("status", "category", statuses, value, before?.status);
    }
    return { status: found.id };
  },
  priority(value, desk, before) {
    if (value === undefined) throw needed("priority");
    const { priorities } = desk.json;
    let found;
    if (value.id !== undefined || value.name !== undefined) {
      found = pick("priority", "priority", priorities, value);
      agree("priority", "level", found, value);
    } else {
      found = meaning("priority", "level", priorities, value, before?.priority);
    }
    return { priority: found.id };
  },
  queue(value, desk) {
    if (value === undefined) throw needed("queue");
    return { queue: pick("queue", "queue", desk.json.queues, value).id };
  },
  owner: (value, desk) => ({ owner: value && pick("owner", "technician", desk.json.technicians, value).id }),
  company(value, desk) {
    if (value === undefined) throw needed("company");
    return { company: pick("company", "company", desk.json.companies, value).id };
  },
  due_at: (value) => ({ due_at: value }),
  external_id(value, desk, before) {
    if (!value) return { external_id: undefined };
    const other = desk.json.tickets.find((t) => t.external_id === value);
    if (before && other && other.id !== before.id) {
      throw new Fault("already_exists", `ticket ${other.id} has the external id ${JSON.stringify(value)}`, {
        existing_id: other.id,
      });
    }
    return { external_id: short("external_id", value, 50) };
  },
};

/** The fields that can be written. */
export const writable = Object.keys(writers);

/**
 * What the fields of a write become, by input; before is the record and seen how it is
 * shown, where there is one. Everything that is wrong is said at once.
 */
export function draft(desk, fields, input, before, seen) {
  const asked = fields.filter((field) => !seen || !echoes(field, input, seen));
  for (const field of asked) {
    const name = field.replace(/\[.*/s, ""); // custom_fields["x"] is a custom field
    if (Object.hasOwn(unsupportedFields, name)) throw notSupported(field, unsupportedFields[name]);
  }
  const wrong = [];
  const record = {};
  for (const field of asked) {
    try {
      if (!Object.hasOwn(writers, field))
        throw invalid(violation(field, `a ticket has no field ${field} that can be written`));
      Object.assign(record, writers[field](input[field], desk, before));
    } catch (err) {
      if (err.code !== "invalid_argument") throw err;
      wrong.push(...err.detail.violations);
    }
  }
  if (wrong.length > 0) throw invalid(...wrong);
  return record;
}

/** Callers send back what they read: what is asked to be what it is needs no look. */
const echoes = (field, input, seen) => input[field] !== undefined && isDeepStrictEqual(input[field], seen[field]);

const needed = (field) => invalid(violation(field, `a ticket always has ${field}: it cannot be empty`));

function short(field, text, most) {
  const wrong = tooLong(field, text, most);
  if (wrong) throw invalid(wrong);
  return text;
}

/** What a status or priority is picked by and what it means have to agree. */
function agree(field, key, found, asked) {
  if (asked[key] === undefined || asked[key] === found[key]) return;
  throw invalid(
    violation(
      field,
      `the ${field} ${JSON.stringify(found.name)} is of the ${key} ${found[key]}, and the ${key} says ${asked[key]}; give one of the two, or both of the same`,
    ),
  );
}

/** The status or priority that means something: the present one, or the first. */
function meaning(field, key, values, asked, present) {
  if (asked[key] === undefined) throw invalid(violation(field, `give the id, the name or the ${key}`));
  const fits = (v) => v[key] === asked[key];
  const found = values.find((v) => v.id === present && fits(v)) ?? first(values, fits);
  if (found) return found;
  const allowed = [...new Set(values.filter((v) => v.active !== false).map((v) => String(v[key])))];
  throw invalid(violation(`${field}.${key}`, `no ${field} in the file is of the ${key} ${asked[key]}`, { allowed }));
}
