// Runs the tests of this folder, or those that are named, with Node trusting
// the tenants' CA. Node reads that setting only when it starts, so the CA has
// to be there before: a tenant that is stopped again leaves it.
import { readdir } from 'node:fs/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { serve } from '../server.js';
import { fixtures, tls } from './kit.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const stops = [];
await serve(stops, { fixtures, tls, app: { http: 'http://localhost:3000', https: 'https://localhost:3000' } });
for (const stop of stops) await stop();
process.env.NODE_EXTRA_CA_CERTS = `${tls}/ca.pem`;

const named = process.argv.slice(2);
const files = named.length ? named : (await readdir(here)).filter((name) => name.endsWith('.test.js')).map((name) => here + name);
run({ files, concurrency: 2 })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(spec)
  .pipe(process.stdout);
