// The usual work of an integration, done with the npm package connectwise-rest.
import assert from 'node:assert/strict';
import test from 'node:test';
import connectwise from 'connectwise-rest';
import { at, callback, clientId, companyId, host, privateKey, publicKey } from './demo.mjs';

const cw = new connectwise.ManageAPI({
  companyId, publicKey, privateKey, clientId, companyUrl: host, apiVersion: '2025.16', retry: true, logger: () => {},
});
const { CompanyAPI, ProjectAPI, ScheduleAPI, ServiceAPI, SystemAPI, TimeAPI } = cw;

// refused is the error that a call has to end with.
const refused = async (call, status, code) => {
  const error = await call.then(() => assert.fail('it was not refused'), (e) => e);
  assert.equal(error.status, status);
  assert.equal(error.data.code, code);
  return error.data;
};

const create = (members) => ServiceAPI.postServiceTickets({ summary: 'Scanner jams', company: { identifier: 'AlderCreekDental' }, ...members });

test('finds what there is', async () => {
  assert.match((await SystemAPI.getSystemInfo()).version, /^v\d+\.\d+\.\d+$/);
  const conditions = 'closedFlag = false and lastUpdated > [2020-01-01T00:00:00Z] and board/name in ("Service Desk","Alerts")';
  const { count } = await ServiceAPI.getServiceTicketsCount({ conditions });
  const open = await cw.paginate(ServiceAPI.getServiceTickets, { pageSize: 7 }, { conditions, orderBy: 'id desc' });
  assert.equal(open.length, count);
  assert.equal(new Set(open.map((t) => t.id)).size, count);
  assert(open.every((t) => t.closedFlag === false && ['Service Desk', 'Alerts'].includes(t.board.name)));

  const [contact] = await CompanyAPI.getCompanyContacts({ conditions: 'company/id=250 and inactiveFlag=false', pageSize: 1 });
  const mail = contact.communicationItems.find((i) => i.communicationType === 'Email').value;
  const found = await CompanyAPI.getCompanyContacts({ childConditions: `communicationItems/value="${mail}" AND communicationItems/communicationType="Email"` });
  assert(found.some((c) => c.id === contact.id));

  const boards = await ServiceAPI.getServiceBoards({ conditions: 'inactiveFlag=false', fields: 'id,name' });
  assert.deepEqual(Object.keys(boards[0]), ['id', 'name']);
  assert((await ServiceAPI.getServiceBoardsByParentIdStatuses(boards[0].id)).some((s) => s.closedStatus));
  const searched = await ServiceAPI.postServiceTicketsSearch({ conditions, orderBy: 'id desc' });
  assert.deepEqual(searched.map((t) => t.id), open.slice(0, 25).map((t) => t.id));
  assert((await ProjectAPI.getProjectTickets({ pageSize: 5 })).length === 5);
  assert((await CompanyAPI.getCompanyConfigurations(undefined, { conditions: 'company/id=250' })).length > 0);
});

test('works on a ticket', async () => {
  const ticket = await create({ initialDescription: 'The second tray.', externalXRef: 'scanner-1' });
  assert.equal(ticket.recordType, 'ServiceTicket');
  assert.equal((await ServiceAPI.getServiceTickets({ conditions: 'externalXRef="scanner-1"' }))[0].id, ticket.id);
  const statuses = await ServiceAPI.getServiceBoardsByParentIdStatuses(ticket.board.id);
  const working = statuses.find((s) => s.name === 'In Progress');
  const patched = await ServiceAPI.patchServiceTicketsById(ticket.id, [
    { op: 'replace', path: 'summary', value: 'Scanner jams on tray 2' },
    { op: 'replace', path: 'status', value: { id: working.id } },
    { op: 'replace', path: '/priority/id', value: 6 },
  ]);
  assert.deepEqual([patched.summary, patched.status.name, patched.priority.id], ['Scanner jams on tray 2', 'In Progress', 6]);
  assert.equal((await ServiceAPI.getServiceTicketsById(ticket.id)).summary, patched.summary);

  const note = await ServiceAPI.postServiceTicketsByParentIdNotes(ticket.id, { text: 'Cleaned the rollers.', internalAnalysisFlag: true });
  assert.equal(note.createdBy, 'deskgate-api');
  await ServiceAPI.postServiceTicketsByParentIdTasks(ticket.id, { notes: 'Order rollers' });

  await ScheduleAPI.postScheduleEntries({ objectId: ticket.id, type: { identifier: 'S' }, member: { identifier: 'mreyes' }, doneFlag: false });
  assert.equal((await ServiceAPI.getServiceTicketsById(ticket.id)).resources, 'mreyes');

  const time = await TimeAPI.postTimeEntries({
    chargeToId: ticket.id, chargeToType: 'ServiceTicket', member: { identifier: 'mreyes' }, timeStart: at(8), actualHours: 0.5,
    notes: 'On site.', addToDetailDescriptionFlag: true,
  });
  assert.equal(time.actualHours, 0.5);
  assert.equal((await TimeAPI.getTimeEntries({ conditions: `chargeToType="ServiceTicket" and chargeToId=${ticket.id}` })).length, 1);
  const all = await ServiceAPI.getServiceTicketsByParentIdAllNotes(ticket.id);
  assert.deepEqual(all.map((n) => n.noteType).sort(), ['TicketNote', 'TicketNote', 'TimeEntryNote']);

  const child = await create({ summary: 'Scanner jams again' });
  const merged = await ServiceAPI.postServiceTicketsByParentIdMerge(ticket.id, {
    mergeTicketIds: [child.id], status: { id: statuses.find((s) => s.closedStatus && !s.inactive).id },
  });
  assert.equal(merged.success, true);
  assert.equal((await ServiceAPI.getServiceTicketsById(child.id)).mergedParentTicket.id, ticket.id);
  assert((await SystemAPI.getSystemAudittrail({ type: 'Ticket', id: ticket.id })).length > 1);
});

test('deletes a ticket', async () => {
  const ticket = await create({});
  await ServiceAPI.deleteServiceTicketsById(ticket.id);
  const gone = await refused(ServiceAPI.getServiceTicketsById(ticket.id), 404, 'NotFound');
  assert.equal(gone.message, `Service Ticket ${ticket.id} not found`);
});

test('reads many things at once', async () => {
  const { results } = await SystemAPI.postSystemBundles({
    requests: [
      { sequenceNumber: 1, resourceType: 'Ticket', version: '2025.16', apiRequest: { filters: { conditions: 'board/id=1' }, page: { pageSize: 3 } } },
      { sequenceNumber: 2, resourceType: 'BoardStatus', version: '2025.16', apiRequest: { parentId: 1 } },
    ],
  });
  assert.deepEqual(results.map((r) => [r.sequenceNumber, r.success]), [[1, true], [2, true]]);
  assert.equal(results[0].entities.length, 3);
});

test('reads its own rights', async () => {
  const me = (await SystemAPI.getSystemMembers({ conditions: 'identifier="deskgate-api"' }))[0];
  const settings = await cw.paginate(SystemAPI.getSystemSecurityRolesByParentIdSettings, { pageSize: 25 }, me.securityRole.id, {});
  assert(settings.some((s) => s.moduleFunctionName === 'Service Tickets' && s.addLevel === 'All'));
  await refused(CompanyAPI.patchCompanyCompaniesById(250, [{ op: 'replace', path: 'name', value: 'x' }]), 403, 'Security');
});

test('registers a callback', async () => {
  const url = 'https://gateway.example/rest?recordId=';
  const details = (e) => e.errors.map((d) => [d.code, d.field]);
  assert.deepEqual(details(await refused(SystemAPI.postSystemCallbacks({ ...callback(url), level: 'company' }), 400, 'InvalidObject')), [['InvalidObject', 'level']]);
  assert.deepEqual(details(await refused(SystemAPI.postSystemCallbacks({ ...callback('nowhere') }), 400, 'InvalidObject')), [['InvalidField', 'url']]);
  const made = await SystemAPI.postSystemCallbacks(callback(url));
  assert.deepEqual(details(await refused(SystemAPI.postSystemCallbacks(callback(url)), 400, 'InvalidObject')), [['ObjectExists', 'objectId']]);
  const off = await SystemAPI.patchSystemCallbacksById(made.id, [{ op: 'replace', path: 'inactiveFlag', value: true }]);
  assert.equal(off.inactiveFlag, true);
  await SystemAPI.deleteSystemCallbacksById(made.id);
  await refused(SystemAPI.getSystemCallbacksById(made.id), 404, 'NotFound');
});

test('is told what is wrong', async () => {
  await refused(ServiceAPI.getServiceTickets({ conditions: 'mood = 1' }), 400, 'ApiFindCondition');
  await refused(ServiceAPI.postServiceTickets({ summary: 'x' }), 400, 'InvalidObject');
  await refused(ServiceAPI.postServiceTickets({ summary: 'x', company: { id: 250 }, mood: 1 }), 400, 'ConnectWiseApi');
  const stranger = new connectwise.ManageAPI({ companyId, publicKey, privateKey: 'wrong', clientId, companyUrl: host, apiVersion: '2025.16', logger: () => {} });
  await refused(stranger.ServiceAPI.getServiceTickets(), 401, 'Unauthorized');
});
