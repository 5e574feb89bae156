// deskgate.psa.v1.CatalogueReader: the lists that the fields of a ticket may hold.
import { filter } from "./lists.mjs";

/** The values of a list that the file keeps, as it stands there. */
const values = (list, more = () => ({})) =>
  list.map((v, n) => ({
    id: v.id,
    name: v.name,
    active: v.active !== false,
    is_default: v.default === true,
    sort: n + 1,
    ...more(v),
  }));

/** Every ticket is of one kind; another one has no values. */
const ofKind = ({ kind = "SERVICE" }, list) => (kind === "SERVICE" ? list : []);

export const catalogueReader = {
  ListQueues: (_request, { desk }) => ({ queues: values(desk.json.queues, () => ({ kinds: ["SERVICE"] })) }),

  // Every status is one of every queue.
  ListStatuses(request, { desk }) {
    if (request.queue !== undefined) filter("queue", "queue", desk.json.queues, [request.queue]);
    const statuses = values(desk.json.statuses, ({ category }) => ({
      category,
      category_source: "SYSTEM",
      kinds: ["SERVICE"],
    }));
    return { statuses: ofKind(request, statuses) };
  },

  ListPriorities: (request, { desk }) => ({
    priorities: ofKind(
      request,
      values(desk.json.priorities, ({ level }) => ({ level })),
    ),
  }),

  ListTypes(request, { desk }) {
    if (request.queue !== undefined) filter("queue", "queue", desk.json.queues, [request.queue]);
    return {};
  },

  // The file has none of these.
  ListRecordTypes: () => ({}),
  ListSources: () => ({}),
  ListCustomFields: () => ({}),
};
