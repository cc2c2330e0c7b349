// Lock, as published, in its four living versions: what it shows and gets.
import { test } from 'node:test';
import { table } from './lock.js';
import { rows, start } from './kit.js';

test('Lock', { concurrency: 5 }, async (t) => {
  const world = await start(t);
  await Promise.all([11, 12, 13, 14].map((major) => {
    const sdk = `auth0-lock-${major}`;
    return rows(t, sdk, { name: 'auth0-lock', package: sdk }, table(world, sdk));
  }));
});
