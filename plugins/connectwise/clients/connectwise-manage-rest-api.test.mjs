// The usual work of an integration, done with the npm package
// connectwise-manage-rest-api, which asks for the code base first.
import assert from 'node:assert/strict';
import test from 'node:test';
import manage from 'connectwise-manage-rest-api';
import { at, callback, clientId, companyId, host, privateKey, publicKey } from './demo.mjs';

const client = (options) => manage({ fqdn: host, companyId, publicKey, privateKey, clientId, ...options });
const cw = client();

// refused is the error that a call has to end with.
const refused = async (call, status, code) => {
  const error = await call.then(() => assert.fail('it was not refused'), (e) => e);
  assert.equal(error.response.status, status);
  assert.equal(error.responseBody.code, code);
  return error.responseBody;
};

const query = (parameters) => new URLSearchParams(parameters).toString();

test('finds what there is', async () => {
  assert.match((await cw.get('system/info')).version, /^v\d/);
  const conditions = 'closedFlag = false and board/name = "Service Desk"';
  const open = await cw.get(`service/tickets?${query({ conditions, pageSize: 1000, fields: 'id,summary,board/name' })}`);
  assert.equal(open.length, (await cw.get(`service/tickets/count?${query({ conditions })}`)).count);
  assert.deepEqual(open[0], { id: open[0].id, summary: open[0].summary, board: { name: 'Service Desk' } });
  assert.equal((await cw.get('system/members/mreyes')).identifier, 'mreyes');
});

test('works on a ticket', async () => {
  const ticket = await cw.post('service/tickets', { summary: 'Camera is offline', company: { id: 250 }, status: { name: 'New' } });
  const path = `service/tickets/${ticket.id}`;
  const patched = await cw.patch(path, [{ op: 'replace', path: 'summary', value: 'Camera 3 is offline' }, { op: 'replace', path: 'owner', value: { identifier: 'jokafor' } }]);
  assert.deepEqual([patched.summary, patched.owner.identifier], ['Camera 3 is offline', 'jokafor']);
  const replaced = await cw.put(path, { ...patched, impact: 'High' });
  assert.deepEqual([replaced.impact, replaced.summary], ['High', patched.summary]);
  await cw.post(`${path}/notes`, { text: 'Rebooted it.', detailDescriptionFlag: true });
  assert.equal((await cw.get(`${path}/notes`))[0].text, 'Rebooted it.');
  const entry = await cw.post('time/entries', {
    chargeToId: ticket.id, chargeToType: 'ServiceTicket', member: { id: 153 }, timeStart: at(7), timeEnd: at(8), billableOption: 'Billable',
  });
  assert.equal(entry.actualHours, 1);
  assert.equal(await cw.delete(`time/entries/${entry.id}`), undefined);
  assert.equal((await cw.get(path)).actualHours, 0);
  assert.equal(await cw.delete(path), undefined);
  assert.match((await refused(cw.get(path), 404, 'NotFound')).message, /^Service Ticket \d+ not found$/);
});

test('registers a callback', async () => {
  const url = 'https://gateway.example/manage?recordId=';
  await refused(cw.post('system/callbacks', { ...callback(url), type: 'note' }), 400, 'InvalidObject');
  const made = await cw.post('system/callbacks', { ...callback(url), objectId: 0 });
  assert.deepEqual([made.objectId, made.type, made.level], [1, 'ticket', 'owner']);
  await refused(cw.post('system/callbacks', callback(url)), 400, 'InvalidObject');
  await cw.delete(`system/callbacks/${made.id}`);
});

test('finds the code base again after an upgrade', async () => {
  const before = client();
  await before.get('system/info');
  const upgrade = await fetch(`https://${host}/_sim/upgrade`, { method: 'POST' });
  assert.equal(upgrade.status, 200);
  await refused(before.get('system/info'), 404, 'ConnectWiseApi'); // it keeps the old one
  const { version } = await client().get('system/info');
  assert.match(version, new RegExp(`^${(await upgrade.json()).codebase.replace('_', '.').replace('/', '')}\\.`));
  assert.equal((await client({ version: 'v4_6_release' }).get('system/info')).version, version);
  const lost = await client({ version: 'v1999_1' }).get('system/info').catch((e) => e);
  assert.deepEqual([lost.response.status, lost.responseBody], [400, 'Cannot route. Codebase/company is invalid']);
});
