// What becomes of the file, whatever happens.
import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Connector, desk } from "./gateway.mjs";

const ticket = (title, more = {}) => ({ input: { title, company: { id: "1" }, ...more } });

async function connected(t) {
  const d = desk(t);
  const c = await Connector.start(t);
  await c.connect(d.file);
  return { c, d };
}

test("50 callers at once lose nothing", async (t) => {
  const { c, d } = await connected(t);
  const before = d.json();
  const callers = Array.from({ length: 50 }, async (_, n) => {
    const made = await c.call("CreateTicket", ticket(`Ticket ${n}`));
    await c.call("CreateInternalNote", { ticket: "101", body: `Note ${n}` });
    await c.call("UpdateTicket", {
      ticket: made.ticket.id,
      input: { description: `of ${n}` },
      set_fields: ["description"],
    });
    return made.ticket.id;
  });
  const ids = await Promise.all(callers);
  assert.equal(new Set(ids).size, 50);
  const after = d.json();
  assert.equal(after.tickets.length, before.tickets.length + 50);
  assert.equal(after.notes.filter((n) => n.ticket === "101").length, 50);
  for (const [n, id] of ids.entries()) {
    const found = after.tickets.find((one) => one.id === id);
    assert.deepEqual([found.title, found.description], [`Ticket ${n}`, `of ${n}`]);
  }
  assert.equal(
    new Set([...after.tickets, ...after.notes].map((r) => r.id)).size,
    after.tickets.length + after.notes.length,
  );
});

test("two processes on one file lose nothing either", async (t) => {
  const { c: one, d } = await connected(t);
  const two = await Connector.start(t);
  await two.connect(d.file);
  const writes = [one, two].map(async (c, side) => {
    for (let n = 0; n < 25; n++) {
      await c.call("CreateTicket", ticket(`${side}.${n}`));
      await c.call("UpdateTicket", { ticket: "101", input: { title: `${side}.${n}` }, set_fields: ["title"] });
    }
  });
  await Promise.all(writes);
  const { tickets } = d.json();
  assert.equal(tickets.length, 3 + 50);
  assert.equal(new Set(tickets.map((one) => one.id)).size, 3 + 50);
});

test("kill -9 while it writes leaves every answered write, and the file whole", async (t) => {
  const d = desk(t);
  const answered = [];
  for (let round = 0; round < 4; round++) {
    const c = await Connector.start(t);
    await c.connect(d.file);
    const writers = Array.from({ length: 8 }, async (_, n) => {
      for (let k = 0; ; k++) answered.push((await c.call("CreateTicket", ticket(`${round}.${n}.${k}`))).ticket.title);
    });
    const over = Promise.allSettled(writers);
    const least = answered.length + 10 + round;
    while (answered.length < least) await new Promise(setImmediate);
    c.child.kill("SIGKILL");
    await over;
    const titles = new Set(d.json().tickets.map((one) => one.title));
    assert.deepEqual(
      answered.filter((title) => !titles.has(title)),
      [],
    );
  }
});

test("what a killed process left beside the file is in nobody's way", async (t) => {
  const { c, d } = await connected(t);
  writeFileSync(d.file + ".new", "half a fi");
  utimesSync(d.file + ".new", 1, 1);
  await c.call("CreateTicket", ticket("After all"));
  assert.equal(d.json().tickets.at(-1).title, "After all");
  assert.ok(!existsSync(d.file + ".new"));
});

test("a file that somebody edits is read anew, and what it says besides stays", async (t) => {
  const { c, d } = await connected(t);
  const json = d.json();
  json.tickets[0].title = "Edited by hand";
  json.tickets[0].shelf = { row: 7 };
  json.motto = "ora et labora";
  writeFileSync(d.file, JSON.stringify(json));
  assert.equal((await c.call("GetTicket", { ticket: "101" })).ticket.title, "Edited by hand");
  await c.call("UpdateTicket", { ticket: "101", input: { priority: { level: 1 } }, set_fields: ["priority"] });
  assert.deepEqual(d.json().tickets[0].shelf, { row: 7 });
  assert.equal(d.json().motto, "ora et labora");
});

test("a file that cannot be used takes the connection down until it is mended", async (t) => {
  const { c, d } = await connected(t);
  const news = c.watch();
  assert.equal((await news.next()).value.health, "READY");
  const sound = readFileSync(d.file, "utf8");
  const broken = (change) => JSON.stringify(change(JSON.parse(sound)));
  const states = {
    "is no JSON": '{"tickets": [',
    "it is no JSON object": "[]",
    "it has no list notes": broken(({ notes: _, ...json }) => json),
    'tickets[0] .status "99" is the id of none of the statuses': broken(
      (json) => ((json.tickets[0].status = "99"), json),
    ),
    'tickets[1] .due_at is "tomorrow", and has to be a time': broken(
      (json) => ((json.tickets[1].due_at = "tomorrow"), json),
    ),
    "notes[0] has no body": broken((json) => (delete json.notes[0].body, json)),
    'tickets[1].id "101" is that of another one': broken((json) => ((json.tickets[1].id = "101"), json)),
    "there is no file": null,
  };
  for (const [why, content] of Object.entries(states)) {
    if (content === null) renameSync(d.file, d.file + ".away");
    else writeFileSync(d.file, content);
    await assert.rejects(c.call("ListTickets", {}), (err) => {
      assert.equal(err.fault.code, "connection_down");
      assert.ok(err.details.includes(why), `${err.details} does not say ${why}`);
      return true;
    });
    const { health, reason } = (await news.next()).value;
    assert.equal(health, "DEGRADED");
    assert.ok(reason.includes(why));
    const { findings } = await c.call("Check", { connection: "desk" });
    assert.deepEqual(
      findings.map((f) => [f.step, f.level]),
      [["file", "FAILED"]],
    );
  }
  writeFileSync(d.file, sound);
  assert.equal((await c.call("ListTickets", {})).tickets.length, 3);
  assert.equal((await news.next()).value.health, "READY");
});

test("nothing is written that was not asked for", async (t) => {
  const { c, d } = await connected(t);
  const was = readFileSync(d.file, "utf8");
  const inode = statSync(d.file).ino;
  const dry = { options: { dry_run: true } };
  const planned = [
    await c.call("CreateTicket", { ...ticket("Dry"), ...dry }),
    await c.call("UpdateTicket", { ticket: "101", input: { title: "Dry" }, set_fields: ["title"], ...dry }),
    await c.call("CreateInternalNote", { ticket: "101", body: "Dry", ...dry }),
  ].map(({ receipt }) => [receipt.outcome, receipt.planned.map((p) => p.path)]);
  assert.deepEqual(planned, [
    ["DRY_RUN", ["/tickets"]],
    ["DRY_RUN", ["/tickets/101"]],
    ["DRY_RUN", ["/notes", "/tickets/101"]],
  ]);
  const same = await c.call("UpdateTicket", { ticket: "101", input: { queue: { id: "1" } }, set_fields: ["queue"] });
  assert.equal(same.receipt.outcome, "UNCHANGED");
  await c.stop(); // it gets the call when nobody waits any more
  await assert.rejects(c.call("CreateTicket", ticket("Too late"), { deadline: Date.now() + 100 }), { code: 4 });
  for (let n = 0; n < 10; n++) await turn(); // in which it is told so
  c.child.kill("SIGCONT");
  await c.call("GetTicket", { ticket: "101" });
  assert.equal(readFileSync(d.file, "utf8"), was);
  assert.equal(statSync(d.file).ino, inode);
});

test("nothing is written in the name of a technician who is gone", async (t) => {
  const { c, d } = await connected(t);
  const json = d.json();
  json.technicians.shift();
  writeFileSync(d.file, JSON.stringify(json));
  const was = readFileSync(d.file, "utf8");
  for (const call of [
    c.call("CreateTicket", ticket("Whose?")),
    c.call("CreateInternalNote", { ticket: "101", body: "Whose?" }),
  ]) {
    await assert.rejects(call, (err) => err.fault.reason === "NEEDS_ATTENTION" && err.fault.outcome === "NOT_SENT");
  }
  assert.equal(readFileSync(d.file, "utf8"), was);
  assert.equal((await c.call("Check", { connection: "desk" })).findings.at(-1).level, "FAILED");
});

test("a walk loses no row that stays as it is", async (t) => {
  const { c } = await connected(t);
  for (let n = 0; n < 20; n++) await c.call("CreateTicket", ticket(`Walk ${n}`));
  for (const order_by of ["updated_at", "updated_at desc", "id"]) {
    const stay = new Set((await c.call("ListTickets", { page_size: 200 })).tickets.map((one) => one.id));
    const seen = [];
    let page = { next_page_token: "" };
    do {
      page = await c.call("ListTickets", { page_size: 3, order_by, page_token: page.next_page_token });
      seen.push(...page.tickets.map((one) => one.id));
      const moved = seen[seen.length - 2] ?? seen[0];
      await c.call("UpdateTicket", { ticket: moved, input: { title: `Moved ${seen.length}` }, set_fields: ["title"] });
      stay.delete(moved);
    } while (page.next_page_token && seen.length < 200);
    assert.deepEqual(
      [...stay].filter((id) => !seen.includes(id)),
      [],
      order_by,
    );
  }
  const { next_page_token } = await c.call("ListTickets", { page_size: 1 });
  for (const page_token of ["x", next_page_token + "A", Buffer.from('["notes","1","1"]').toString("base64url")]) {
    await assert.rejects(
      c.call("ListTickets", { page_token }),
      (err) => err.fault.violations[0].field === "page_token",
    );
  }
  await assert.rejects(c.call("ListTickets", { page_token: next_page_token, order_by: "id" }), { code: 3 });
});

test("a request of a newer contract is refused, and a stranger's ids are nobody's", async (t) => {
  const { c, d } = await connected(t);
  const create = (bytes) => ({
    path: "/deskgate.psa.v1.TicketWriter/CreateTicket",
    input: () => Buffer.from(bytes),
    output: () => ({}),
  });
  // input.title = "x", input.#999 = 1
  await assert.rejects(c.call(create([0x12, 6, 0x2a, 1, 0x78, 0xb8, 0x3e, 1])), (err) => {
    assert.deepEqual(
      err.fault.violations.map((v) => v.field),
      ["input.#999"],
    );
    return true;
  });
  const anywhen = {
    path: "/deskgate.psa.v1.TicketReader/ListTickets",
    input: (b) => Buffer.from(b),
    output: () => ({}),
  };
  for (const bytes of [
    [0x32, 2, 0x10, 0xff],
    [0x32, 7, 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20], // a time in the year 36812
  ]) {
    await assert.rejects(c.call(anywhen, bytes), (err) => err.fault.code === "invalid_argument");
  }
  const input = { title: "x", company: {}, status: {}, priority: {} };
  await assert.rejects(c.call("CreateTicket", { input }), (err) => {
    assert.deepEqual(
      err.fault.violations.map((v) => v.field),
      ["status", "priority", "company"],
    );
    return true;
  });
  for (const id of ["__proto__", "constructor", "../101", "101 ", "0101", "101\u0000", "", "1e2", "☃".repeat(128)]) {
    await assert.rejects(c.call("GetTicket", { ticket: id }), (err) => err.fault.code === "not_found", id);
    await assert.rejects(c.call("GetNote", { ticket: "101", note: id }), (err) => err.fault.code === "not_found", id);
    await assert.rejects(
      c.call("CreateInternalNote", { ticket: id, body: "x" }),
      (err) => err.fault.code === "not_found",
      id,
    );
  }
  await assert.rejects(c.call("GetNote", { ticket: "101", note: "104" }), (err) => err.fault.code === "not_found");
  assert.equal(d.json().tickets.length, 3);
});
