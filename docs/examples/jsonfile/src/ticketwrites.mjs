// deskgate.psa.v1.TicketWriter
import { isDeepStrictEqual } from "node:util";
import { draft, writable } from "./draft.mjs";
import { Fault, invalid, violation } from "./fault.mjs";
import { first } from "./lists.mjs";
import { compact, etag, parts, party, ticket } from "./neutral.mjs";
import { checkNotify, dryRun, receipt, unchanged } from "./receipt.mjs";
import { ticketOf } from "./tickets.mjs";
import { after } from "./time.mjs";

const whole = parts.filter((part) => part !== "VENDOR");

export const ticketWriter = {
  CreateTicket(request, call) {
    const { desk, agent } = call;
    const { notify, ...input } = request.input ?? {};
    checkNotify(notify);
    const fields = Object.keys(input);
    const missing = ["title", "company"].filter(
      (field) => !fields.includes(field) && !(field === "company" && "contact" in input),
    );
    const asked = draft(desk, [...fields, ...missing], input);
    const there = input.external_id && desk.json.tickets.find((t) => t.external_id === input.external_id);
    if (there) return existing(call, there, asked, notify);

    const { json } = desk;
    const now = after();
    const id = desk.nextId();
    const record = closing(
      desk,
      compact({
        id: String(id),
        status: first(json.statuses, (s) => s.category === "NEW")?.id ?? first(json.statuses, () => true).id,
        priority: first(json.priorities, () => true).id,
        queue: first(json.queues, () => true).id,
        ...asked,
        created_by: agent,
        created_at: now,
        updated_at: now,
      }),
    );
    const planned = ticket(desk, record, whole, agent);
    if (request.options?.dry_run) {
      const { id: _id, number: _number, etag: _etag, created_at: _at, updated_at: _then, ...shown } = planned;
      return { ticket: shown, receipt: dryRun(call, [["/tickets", { ...record, id: null }]]) };
    }
    const held = call.write({ next_id: id + 1, tickets: [...json.tickets, record] });
    const shown = ticket(held, ticketOf(held, record.id), whole, agent);
    return {
      ticket: shown,
      receipt: receipt(call, { writable, fields, asked: planned, held: shown, by: party(held, agent, agent), notify }),
    };
  },

  UpdateTicket(request, call) {
    const { desk, agent } = call;
    const { notify, ...input } = request.input ?? {};
    const record = ticketOf(desk, request.ticket);
    checkVersion(request.options?.if_match, record);
    checkNotify(notify);
    const fields = (request.set_fields ?? []).filter((field) => field !== "notify");
    if (request.set_fields === undefined)
      throw invalid(violation("set_fields", "a change names the fields that change"));
    const before = ticket(desk, record, whole, agent);
    const changed = compact({ ...record, ...draft(desk, fields, input, record, before) });
    if (isDeepStrictEqual(changed, record)) return { ticket: before, receipt: unchanged(call, fields, notify) };
    const next = closing(desk, { ...changed, updated_at: after(record.updated_at) }, record);
    if (request.options?.dry_run) return { ticket: before, receipt: dryRun(call, [[`/tickets/${record.id}`, next]]) };
    const held = call.write({ tickets: desk.json.tickets.map((t) => (t.id === record.id ? next : t)) });
    const shown = ticket(held, ticketOf(held, record.id), whole, agent);
    const asked = ticket(desk, next, whole, agent);
    return {
      ticket: shown,
      receipt: receipt(call, { writable, fields, asked, before, held: shown, by: party(held, agent, agent), notify }),
    };
  },
};

/** A create with the external id of a ticket that is there answers that one. */
function existing(call, record, asked, notify) {
  if (record.title !== asked.title || record.company !== asked.company) {
    throw new Fault(
      "already_exists",
      `ticket ${record.id} has the external id ${JSON.stringify(record.external_id)}, with another title or company`,
      { existing_id: record.id },
    );
  }
  const shown = ticket(call.desk, record, whole, call.agent);
  return { ticket: shown, receipt: { ...unchanged(call, [], notify), already_existed: true } };
}

/** Refuses to change another version than the one that the caller has seen. */
function checkVersion(asked, record) {
  const now = etag(record);
  const bare = (tag) => tag.replaceAll('"', "");
  if (asked === undefined || asked === "*" || bare(asked) === bare(now)) return;
  throw new Fault("precondition_failed", `ticket ${record.id} is not the version ${asked} any more`, {
    current_etag: now,
  });
}

/** A record with the times of its end, which follow from its status. */
function closing(desk, record, before) {
  const category = (r) => r && desk.json.statuses.find((s) => s.id === r.status).category;
  const now = category(record);
  if (now === category(before)) return record;
  const closed = now === "CLOSED";
  const done = closed || now === "RESOLVED";
  return compact({
    ...record,
    resolved_at: done ? (record.resolved_at ?? record.updated_at) : undefined,
    closed_at: closed ? (record.closed_at ?? record.updated_at) : undefined,
  });
}
