// Records of the file as the neutral API shows them.
import { createHash } from "node:crypto";
import { shown } from "./lists.mjs";

/** The parts of a ticket that an answer carries on request. */
export const parts = ["DESCRIPTION", "CUSTOM_FIELDS", "CONFIGURATIONS", "CO_OWNERS", "WATCHERS", "SLA", "VENDOR"];

/** The version of a record: whatever of it changes makes another one. */
export const etag = (record) => `"${createHash("sha256").update(JSON.stringify(record)).digest("hex").slice(0, 24)}"`;

/** Shows a ticket with some of the parts; agent is the technician of the connection. */
export function ticket(desk, record, include, agent) {
  const { json } = desk;
  const status = json.statuses.find((s) => s.id === record.status);
  const priority = json.priorities.find((p) => p.id === record.priority);
  return compact({
    id: record.id,
    number: record.id,
    kind: "SERVICE",
    title: record.title,
    description: include.includes("DESCRIPTION") ? record.description : undefined,
    status: { id: status.id, name: status.name, category: status.category },
    priority: { id: priority.id, name: priority.name, level: priority.level },
    queue: shown(json.queues, record.queue),
    owner: shown(json.technicians, record.owner),
    company: shown(json.companies, record.company),
    external_id: record.external_id,
    created_by: party(desk, record.created_by, agent),
    created_at: record.created_at,
    updated_at: record.updated_at,
    due_at: record.due_at,
    resolved_at: record.resolved_at,
    closed_at: record.closed_at,
    etag: etag(record),
    vendor: include.includes("VENDOR") ? Buffer.from(JSON.stringify(record)).toString("base64") : undefined,
  });
}

/** Shows a note. Nothing mails what is in a file. */
export function note(desk, record, agent) {
  return compact({
    id: record.id,
    ticket: record.ticket,
    origin: "NOTE",
    kind: "NOTE",
    visibility: record.visibility,
    title: record.title,
    body: record.body,
    format: record.format ?? "PLAIN",
    author: party(desk, record.author, agent),
    created_at: record.created_at,
    updated_at: record.updated_at,
    notified: "NOT_SENT",
    etag: etag(record),
  });
}

/** Whoever did something; the file need not say who. */
export function party(desk, id, agent) {
  const technician = desk.json.technicians.find((t) => t.id === id);
  if (!technician) return { kind: "UNKNOWN" };
  return compact({
    kind: id === agent ? "AGENT_RESOURCE" : "TECHNICIAN",
    id,
    name: technician.name,
    email: technician.email,
  });
}

/** An object without the keys that have no value. */
export function compact(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
