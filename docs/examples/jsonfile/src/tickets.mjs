// deskgate.psa.v1.TicketReader
import { timesOf } from "./desk.mjs";
import { invalid, notFound, notSupported, violation } from "./fault.mjs";
import { filter } from "./lists.mjs";
import { parts, ticket } from "./neutral.mjs";
import { byId, byTime, byTimeDown, page } from "./paging.mjs";
import { instant } from "./time.mjs";

/** The filters that a desk has nothing to answer by. */
export const unsupportedFilters = {
  record_type: "tickets in the file have no forms",
  contact: "the file names companies, and no people there",
  parent: "tickets in the file do not hang under one another",
  type: "tickets in the file are not classified",
  custom_field: "the file has no custom fields",
};

const orders = { updated_at: byTime, "updated_at desc": byTimeDown, id: byId };

export const ticketReader = {
  ListTickets(request, { desk, agent }) {
    const order = request.order_by ?? "updated_at";
    const compare = Object.hasOwn(orders, order) && orders[order];
    if (!compare) throw invalid(violation("order_by", "tickets have no such order", { allowed: Object.keys(orders) }));
    const fits = filters(desk, request);
    const rows = desk.json.tickets.filter((t) => fits.every((f) => f(t)));
    const { rows: taken, ...next } = page(
      `tickets ${order}`,
      rows,
      request,
      (t) => [timesOf(t).updated, t.id],
      compare,
    );
    const include = request.include ?? [];
    return { tickets: taken.map((t) => ticket(desk, t, include, agent)), omitted: omitted(include), ...next };
  },

  GetTicket(request, { desk, agent }) {
    const include = [...parts.filter((part) => part !== "VENDOR"), ...(request.include ?? [])];
    return { ticket: ticket(desk, ticketOf(desk, request.ticket), include, agent), omitted: omitted(include) };
  },
};

/** The ticket of an id. */
export function ticketOf(desk, id = "") {
  const record = desk.tickets.get(id);
  if (!record) throw notFound(`there is no ticket ${JSON.stringify(id)} in the file`);
  return record;
}

const omitted = (include) => parts.filter((part) => !include.includes(part));

/** What a ticket has to be: all of these, each any of its values. */
function filters(desk, r) {
  for (const [name, why] of Object.entries(unsupportedFilters)) {
    if (r[name] !== undefined) throw notSupported(name, why);
  }
  const { json } = desk;
  const fits = [];
  const has = (name, what, values, field = name) => {
    if (!r[name]) return;
    const ids = filter(name, what, values, r[name]);
    fits.push((t) => ids.has(t[field]));
  };
  has("status", "status", json.statuses);
  has("queue", "queue", json.queues);
  has("priority", "priority", json.priorities);
  has("owner", "technician", json.technicians);
  has("company", "company", json.companies);
  const meaning = (name, values, field, key) => {
    if (!r[name]) return;
    const ids = new Set(values.filter((v) => r[name].includes(v[key])).map((v) => v.id));
    fits.push((t) => ids.has(t[field]));
  };
  meaning("status_category", json.statuses, "status", "category");
  meaning("priority_level", json.priorities, "priority", "level");
  const when = (name, keeps) => {
    if (r[name] === undefined) return;
    const at = instant(r[name]);
    fits.push((t) => keeps(timesOf(t), at));
  };
  when("updated_since", (t, at) => t.updated >= at);
  when("updated_before", (t, at) => t.updated < at);
  when("created_since", (t, at) => t.created >= at);
  if (r.kind) fits.push(() => r.kind.includes("SERVICE"));
  if (r.unassigned !== undefined) fits.push((t) => (t.owner === undefined) === r.unassigned);
  if (r.number !== undefined) fits.push((t) => t.id === r.number);
  if (r.external_id !== undefined) fits.push((t) => t.external_id === r.external_id);
  if (r.text !== undefined) {
    const part = r.text.toLowerCase();
    fits.push((t) => t.title.toLowerCase().includes(part) || t.id === r.text);
  }
  return fits;
}
