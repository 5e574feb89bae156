// What the clients share: where the simulator is, and the demo tenant's
// credentials, which open nothing else.
import assert from 'node:assert/strict';

export const host = process.env.CW_HOST;
assert(host && process.env.CW_DAY, 'CW_HOST is the host and port that the simulator serves HTTPS on, CW_DAY the day that it was started on');

export const companyId = 'mspdemo';
export const publicKey = 'Dg7PublicDemoKey';
export const privateKey = 'Dg7PrivateDemoKey';
export const clientId = '3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10';

// at is an hour of the day that the simulator was started on.
export const at = (hour) => `${process.env.CW_DAY}T${String(hour).padStart(2, '0')}:00:00Z`;

// callback is a registration for every ticket.
export const callback = (url) => ({ url, objectId: 1, type: 'ticket', level: 'owner', description: 'Test' });
