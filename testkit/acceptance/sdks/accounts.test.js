// auth0-spa-js with people who have no password, or no account yet: the tenant
// asks for codes, and sends invitations.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { api, claims, clientId, fresh, message, patience, phone, press, rows, start, visit } from './kit.js';

const sdk = '@auth0/auth0-spa-js';
const organization = 'org_acmeEurope00001';

// identifierFirst is the tenant of the other files where it asks for codes, and
// where the organization lets people in by them and by sign-up.
async function identifierFirst(dir) {
  const yaml = await readFile(new URL('tenant.yaml', import.meta.url), 'utf8');
  const own = '      - {name: Username-Password-Authentication, assign_membership_on_login: false}\n';
  const client = '    client_id: sdksPage000000000000000000000001\n';
  assert.ok(yaml.includes(own) && yaml.includes(client));
  const changed = yaml.replace(own, `${own}      - {name: email, assign_membership_on_login: true}\n`).replace(client, `${client}    initiate_login_uri: "##APP_HTTPS##"\n`);
  await writeFile(`${dir}/codes.yaml`, `prompts: {identifier_first: true}\n${changed}`);
  return `${dir}/codes.yaml`;
}

function table(world) {
  const { app, tenant } = world;

  async function open(t, authorizationParams) {
    const settings = {
      domain: new URL(tenant.https).host, clientId, httpTimeoutInSeconds: patience / 1000,
      authorizationParams: { redirect_uri: app.https, audience: api, scope: 'openid profile email', ...authorizationParams },
    };
    const visitor = await visit(t, world, { sdk, page: 'spa.js', settings });
    const { page } = visitor;
    const says = (text) => page.getByText(text, { exact: true }).waitFor();
    await says('Nobody is here');
    return {
      ...visitor, says,
      begin: () => { page.evaluate(() => { window.client.loginWithRedirect(); }).catch(() => {}); },
      submit: () => press(page, 'button[name=action][value=default]'),
      token: () => page.evaluate(() => window.client.getTokenSilently()),
      user: () => page.evaluate(() => window.user),
      // typeCode waits for the page of the code, and types the one that was sent.
      async typeCode(to) {
        await page.locator('input[name=code]').waitFor();
        await page.fill('input[name=code]', (await message(tenant, to)).code);
        await press(page, 'button[name=action][value=default]');
      },
    };
  }

  return [
    ...['email', 'sms'].map((connection) => ({ flow: 'passwordless', name: `connection=${connection}: a code typed into the tenant's page, and a silent login`, run: async (t) => {
      const to = connection === 'email' ? fresh('cora') : `+1${phone()}`;
      const page = await open(t, { connection });
      page.begin();
      await page.page.fill('input[name=username]', to);
      await page.submit();
      await page.typeCode(to);
      await page.says(`Hello ${to}`);
      assert.ok((await page.user()).sub.startsWith(`${connection}|`));
      page.requests.length = 0;
      await page.page.goto(app.https);
      await page.says(`Hello ${to}`);
      const [asked] = page.asked('/authorize').map((r) => new URL(r.url()).searchParams);
      assert.deepEqual([asked.get('prompt'), asked.get('connection')], ['none', connection]);
      assert.deepEqual(page.complaints, []);
    } })),
    { flow: 'passwordless', name: 'a wrong code, another one, another address', run: async (t) => {
      const [typo, to] = [fresh('coar'), fresh('cora')];
      const { page, ...app } = await open(t, { connection: 'email' });
      app.begin();
      await page.fill('input[name=username]', typo);
      await app.submit();
      await page.click('[data-link-name=edit-identifier]');
      await page.fill('input[name=username]', to);
      await app.submit();
      await page.fill('input[name=code]', 'wrong');
      await app.submit();
      await page.locator('[data-error-code=invalid-verification-code]').waitFor();
      await press(page, 'button[value=resend-code]');
      await page.locator('[data-error-code=invalid-verification-code]').waitFor({ state: 'detached' });
      await app.typeCode(to);
      await app.says(`Hello ${to}`);
    } },
    { flow: 'organization', name: 'a code logs in to an organization, which takes its people in', run: async (t) => {
      const to = fresh('otto');
      const page = await open(t, { connection: 'email', organization });
      page.begin();
      await page.page.fill('input[name=username]', to);
      await page.submit();
      await page.typeCode(to);
      await page.says(`Hello ${to}`);
      assert.equal((await page.user()).org_id, organization);
      assert.equal(claims(await page.token()).org_id, organization);
    } },
    { flow: 'invitation', name: 'the link of an invitation leads to an account and a membership', run: async (t) => {
      const to = fresh('ines');
      const made = await fetch(`${tenant.http}/_faux0/invitations`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ organization, client_id: clientId, invitee: { email: to }, inviter: { name: 'Ada' } }),
      });
      assert.equal(made.status, 201, await made.clone().text());
      const link = new URL((await message(tenant, to)).link);
      const page = await open(t, { organization: link.searchParams.get('organization'), invitation: link.searchParams.get('invitation') });
      page.begin();
      await page.submit(); // the address is the invited one
      await page.page.fill('input[name=password]', 'Correct-Horse-9');
      await page.submit();
      await page.says(`Hello ${to}`);
      assert.equal((await page.user()).email, to);
      assert.equal(claims(await page.token()).org_id, organization);
    } },
  ];
}

test('people without a password, or without an account', { concurrency: 2 }, async (t) => {
  const world = await start(t, { fixtures: identifierFirst });
  await rows(t, 'auth0-spa-js_accounts', { name: sdk, package: sdk }, table(world));
});
