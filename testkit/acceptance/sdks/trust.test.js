// How each runtime is told to trust the tenant's certificate authority: it
// refuses the certificate first, and takes it with the one setting named here.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { write } from '../records.js';
import { start, visit } from './kit.js';

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = here('../../../build/python/bin/python3');

// Each prints the status of an answer. `setting` is what README says; env is
// that setting, for the CA in ca.
const runtimes = [
  { name: 'Node', setting: '`NODE_EXTRA_CA_CERTS=ca.pem`', env: ({ ca }) => ({ NODE_EXTRA_CA_CERTS: ca }),
    command: (url) => [process.execPath, ['-e', `fetch('${url}').then((answer) => console.log(answer.status))`]] },
  { name: 'Go', setting: '`SSL_CERT_FILE=ca.pem`', env: ({ ca }) => ({ SSL_CERT_FILE: ca }),
    prepare: async (dir) => { await run('go', ['build', '-o', `${dir}/trust`, here('testdata/trust.go')]); },
    command: (url, dir) => [`${dir}/trust`, [url]] },
  { name: 'Python, `urllib` and `ssl`', setting: '`SSL_CERT_FILE=ca.pem`', needs: 'python3', env: ({ ca }) => ({ SSL_CERT_FILE: ca }),
    command: (url) => ['python3', ['-c', `import urllib.request; print(urllib.request.urlopen("${url}").status)`]] },
  { name: 'Python, `requests`', setting: '`REQUESTS_CA_BUNDLE=ca.pem`', needs: python, env: ({ ca }) => ({ REQUESTS_CA_BUNDLE: ca }),
    command: (url) => [python, ['-c', `import requests; print(requests.get("${url}").status_code)`]] },
  { name: 'Java', setting: '`keytool -importcert -noprompt -alias faux0 -file ca.pem -keystore faux0.p12 -storepass changeit`, then `JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=faux0.p12 -Djavax.net.ssl.trustStorePassword=changeit"`', needs: 'keytool',
    prepare: async (dir) => {
      await run('keytool', ['-importcert', '-noprompt', '-alias', 'faux0', '-file', `${dir}/tenant-ca.pem`, '-keystore', `${dir}/faux0.p12`, '-storepass', 'changeit']);
      await run('javac', ['-d', dir, here('testdata/Trust.java')]);
    },
    env: ({ dir }) => ({ JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${dir}/faux0.p12 -Djavax.net.ssl.trustStorePassword=changeit` }),
    command: (url, dir) => ['java', ['-cp', dir, 'Trust', url]] },
  { name: 'curl', setting: '`CURL_CA_BUNDLE=ca.pem`', env: ({ ca }) => ({ CURL_CA_BUNDLE: ca }), needs: 'curl',
    command: (url) => ['curl', ['-sSo', '/dev/null', '-w', '%{http_code}', url]] },
];

const found = async (program) => (program.includes('/')
  ? access(program).then(() => true, () => false)
  : run('sh', ['-c', `command -v ${program}`]).then(() => true, () => false));

test('trusting the tenant\'s certificate authority', { concurrency: 2 }, async (t) => {
  const { tenant, browser, dir, app } = await start(t);
  const url = `${tenant.https}/_faux0/health`;
  const ca = `${dir}/tenant-ca.pem`;
  const record = [];
  // Nothing of the caller's own settings.
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, JAVA_TOOL_OPTIONS, ...clean } = process.env;

  await Promise.all([
    ...runtimes.map((runtime, i) => t.test(runtime.name.replaceAll('`', ''), async (t) => {
      record[i] = { trust: runtime.name, setting: runtime.setting, result: 'failed' };
      if (runtime.needs && !await found(runtime.needs)) {
        record[i].result = 'skipped';
        return t.skip(`there is no ${runtime.needs} here`);
      }
      await runtime.prepare?.(dir);
      const [program, args] = runtime.command(url, dir);
      await assert.rejects(run(program, args, { env: clean }), /certificate|PKIX/i, 'it does not trust it by itself');
      const { stdout } = await run(program, args, { env: { ...clean, ...runtime.env({ ca, dir }) } });
      assert.equal(stdout.trim(), '200');
      record[i].result = 'passed';
    })),
    t.test('Chromium', async (t) => {
      const chromium = record[runtimes.length] = { trust: 'Chromium on Linux', setting: '`certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n faux0 -i ca.pem`', result: 'failed' };
      const { page } = await visit(t, { app, browser }, { origin: tenant.https, path: '/_faux0/' });
      assert.equal(await page.evaluate(() => window.isSecureContext), true);
      chromium.result = 'passed';
    }),
  ]);
  await write('trust', 'trust', record);
});
