// What a file has to hold to be a desk.
import { instant } from "./time.mjs";

const text = (value) => typeof value === "string" && value !== "";
const time = (value) => typeof value === "string" && instant(value) !== undefined;
const flag = (value) => typeof value === "boolean";
const oneOf = (...words) => Object.assign((value) => words.includes(value), { words });

const categories = oneOf("NEW", "IN_PROGRESS", "WAITING_CUSTOMER", "WAITING_OTHER", "RESOLVED", "CLOSED");

// The lists and the fields of their records. A field with a ! is in every record; one
// that names a list holds an id from there.
const named = { "id!": text, "name!": text, active: flag };
const lists = {
  technicians: { ...named, email: text },
  companies: named,
  queues: { ...named, default: flag },
  statuses: { ...named, default: flag, "category!": categories },
  priorities: { ...named, default: flag, "level!": oneOf(1, 2, 3, 4, 5) },
  tickets: {
    "id!": text,
    "title!": text,
    description: text,
    "status!": "statuses",
    "priority!": "priorities",
    "queue!": "queues",
    owner: "technicians",
    "company!": "companies",
    external_id: text,
    due_at: time,
    created_by: "technicians",
    "created_at!": time,
    "updated_at!": time,
    resolved_at: time,
    closed_at: time,
  },
  notes: {
    "id!": text,
    "ticket!": "tickets",
    "visibility!": oneOf("INTERNAL", "CUSTOMER"),
    title: text,
    "body!": text,
    format: oneOf("PLAIN", "MARKDOWN"),
    author: "technicians",
    "created_at!": time,
    "updated_at!": time,
  },
};

/** Says what is wrong with the content of a file, where that is; undefined if nothing. */
export function wrong(json) {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return "it is no JSON object";
  if (json.next_id !== undefined && !Number.isSafeInteger(json.next_id)) return "next_id is no whole number";
  const ids = {};
  for (const name of Object.keys(lists)) {
    if (!Array.isArray(json[name])) return `it has no list ${name}`;
    ids[name] = new Set();
    for (const [n, record] of json[name].entries()) {
      const why =
        record === null || typeof record !== "object" ? "is no object" : wrongRecord(record, lists[name], ids);
      if (why) return `${name}[${n}] ${why}`;
      if (ids[name].has(record.id)) return `${name}[${n}].id ${JSON.stringify(record.id)} is that of another one`;
      ids[name].add(record.id);
    }
  }
  for (const name of ["queues", "statuses", "priorities"]) {
    if (!json[name].some((value) => value.active !== false)) return `${name} holds none that is in use`;
  }
}

function wrongRecord(record, fields, ids) {
  for (const [key, rule] of Object.entries(fields)) {
    const name = key.replace("!", "");
    const value = record[name];
    if (value === undefined) {
      if (key !== name) return `has no ${name}`;
    } else if (typeof rule === "string") {
      if (!ids[rule].has(value)) return `.${name} ${JSON.stringify(value)} is the id of none of the ${rule}`;
    } else if (!rule(value)) {
      return `.${name} is ${JSON.stringify(value).slice(0, 80)}, and has to be ${rule.words?.join(", ") ?? kinds.get(rule)}`;
    }
  }
}

const kinds = new Map([
  [text, "a text"],
  [time, "a time such as 2026-11-23T09:30:00Z"],
  [flag, "true or false"],
]);
