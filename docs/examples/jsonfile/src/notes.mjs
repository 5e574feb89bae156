// deskgate.psa.v1.NoteReader and InternalNoteWriter
import { timesOf } from "./desk.mjs";
import { invalid, notFound, violation } from "./fault.mjs";
import { compact, note, party } from "./neutral.mjs";
import { byTime, page } from "./paging.mjs";
import { dryRun, receipt } from "./receipt.mjs";
import { lines, tooLong } from "./text.mjs";
import { ticketOf } from "./tickets.mjs";
import { after, instant } from "./time.mjs";

export const noteReader = {
  ListNotes(request, { desk, agent }) {
    const { id } = ticketOf(desk, request.ticket);
    const since = request.created_since === undefined ? undefined : instant(request.created_since);
    const rows = desk.json.notes.filter(
      (n) =>
        n.ticket === id &&
        (since === undefined || timesOf(n).created >= since) &&
        (request.origin === undefined || request.origin.includes("NOTE")),
    );
    const { rows: taken, ...next } = page("notes", rows, request, (n) => [timesOf(n).created, n.id], byTime);
    return { notes: taken.map((n) => note(desk, n, agent)), ...next };
  },

  GetNote(request, { desk, agent }) {
    const { id } = ticketOf(desk, request.ticket);
    const record = desk.notes.get(request.note ?? "");
    if (record?.ticket !== id) throw notFound(`ticket ${id} has no note ${JSON.stringify(request.note ?? "")}`);
    return { note: note(desk, record, agent) };
  },
};

export const internalNoteWriter = {
  CreateInternalNote(request, call) {
    const { desk, agent } = call;
    const on = ticketOf(desk, request.ticket);
    const format = request.format ?? "PLAIN";
    const wrong = [tooLong("title", request.title, 250), tooLong("body", request.body, 32000)].filter(Boolean);
    if (!request.body?.trim()) wrong.push(violation("body", "a note has a text"));
    if (request.title !== undefined && !request.title.trim()) wrong.push(violation("title", "a title is not empty"));
    if (format !== "PLAIN" && format !== "MARKDOWN") {
      wrong.push(violation("format", "a note is PLAIN or MARKDOWN", { allowed: ["PLAIN", "MARKDOWN"] }));
    }
    if (wrong.length > 0) throw invalid(...wrong);

    const now = after(on.updated_at);
    const id = desk.nextId();
    const record = compact({
      id: String(id),
      ticket: on.id,
      visibility: "INTERNAL",
      title: request.title,
      body: lines(request.body),
      format,
      author: agent,
      created_at: now,
      updated_at: now,
    });
    const asked = note(desk, record, agent);
    if (request.options?.dry_run) {
      const { id: _id, etag: _etag, created_at: _at, updated_at: _then, ...shown } = asked;
      return {
        note: shown,
        receipt: dryRun(call, [
          ["/notes", { ...record, id: null }],
          [`/tickets/${on.id}`, { ...on, updated_at: now }],
        ]),
      };
    }
    // A note is news of its ticket, which whoever follows changes has to see.
    const held = call.write({
      next_id: id + 1,
      notes: [...desk.json.notes, record],
      tickets: desk.json.tickets.map((t) => (t.id === on.id ? { ...t, updated_at: now } : t)),
    });
    const shown = note(held, held.notes.get(record.id), agent);
    const fields = ["body", "visibility", ...["title", "format"].filter((field) => request[field] !== undefined)];
    return {
      note: shown,
      receipt: receipt(call, {
        writable: ["title", "body", "format"],
        fields,
        asked,
        held: shown,
        by: party(held, agent, agent),
        notify: { contact: "SUPPRESS" },
      }),
    };
  },
};
