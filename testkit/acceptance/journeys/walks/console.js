// What somebody new can click through in the demo tenant, with nothing but
// faux0 running: every journey begins on the console, and ends there.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { reaches } from '../authenticator.js';
import { password } from '../tenant.js';

const demo = fileURLToPath(new URL('../../../../fixtures/default.yaml', import.meta.url));

const console = async (person) => {
  await person.opens('/_faux0/');
  person.sees('Acme');
};

const logsIn = async (person, username) => {
  await person.types({ username, password });
  await person.submits();
};

// isAskedForAFactor logs in to the application that asks for one. A page finds
// out whether the browser has security keys; without JavaScript it asks to.
const isAskedForAFactor = async (person, username) => {
  await console(person);
  await person.follows('A second factor');
  await person.types({ username, password });
  if (person.tab) return reaches(person, '/u/mfa-begin-enroll-options');
  await person.submits();
  await person.presses('Continue');
};

// followsMail opens the link in the newest message of the outbox.
const followsMail = async (person) => {
  if (!person.url.endsWith('/_faux0/outbox')) await person.follows('outbox');
  person.sees('Outbox');
  await person.activates('.mail:first-child .words a:first-of-type');
};

export default {
  'console-log-in': {
    tenant: demo,
    async walk(person) {
      await console(person);
      await person.follows('Log in');
      await logsIn(person, 'ada@acme.test');
      person.sees('Acme Portal knows you as ada@acme.test');
      person.reads('"permissions": [ "read:orders" ]');
      await person.presses('Explain it');
      person.sees('Why is it not in my token?');
      await console(person);
      await person.follows('Log out');
      await person.presses('Accept');
      person.sees('You are logged out');
    },
  },

  'console-sign-up': {
    tenant: demo,
    async walk(person) {
      await console(person);
      await person.follows('Sign up');
      await person.types({ email: 'zoe@acme.test', password });
      await person.submits();
      person.sees('Acme Portal knows you as zoe@acme.test');
      await person.follows('Back to the console');
      await followsMail(person);
      person.sees('Email verified');
      await console(person);
      await person.follows('Forget a password');
      await person.follows('Forgot password?');
      await person.types({ email: 'zoe@acme.test' });
      await person.submits();
      await console(person);
      await followsMail(person);
      person.sees('Change your password', '#password-reset');
    },
  },

  'console-organizations': {
    tenant: demo,
    async walk(person) {
      await console(person);
      await person.follows('Pick an organization');
      await logsIn(person, 'olga@acme.test');
      await person.presses('Acme Europe acme-eu');
      person.reads('"org_id": "org_');
      await person.follows('Back to the console');
      await person.presses('Invite to Acme Europe');
      await followsMail(person);
      await person.types({ password });
      await person.submits();
      person.sees('Acme Teams knows you as ivy@acme.test');
      person.reads('"org_id": "org_');
      await console(person);
      await person.presses('Invite to Acme Europe');
      await console(person);
      await person.follows('Find an organization');
      await person.types({ organizationName: 'olga@nowhere.test' });
      await person.submits();
      person.isTold('unknown-email-domain', 'organizationName');
      await person.types({ organizationName: 'acme-us' });
      await person.submits();
      person.reads('Log in to Acme America');
      await logsIn(person, 'olga@acme.test');
      person.sees('Acme Rooms knows you as olga@acme.test');
    },
  },

  'console-second-factor': {
    tenant: demo,
    async walk(person) {
      await isAskedForAFactor(person, 'grace@acme.test');
      await person.activates('button[value=otp]');
      const enrol = person.url;
      await console(person);
      const code = person.page('tr:has(code:contains("auth0|grace")) td:last-child').text();
      await person.opens(enrol);
      await person.types({ code });
      await person.submits();
      await person.ticks('#saved');
      await person.submits();
      person.reads('"amr": [ "mfa" ]');
    },
  },

  'console-phone': {
    tenant: demo,
    async walk(person) {
      await isAskedForAFactor(person, 'dirk@acme.test');
      await person.activates('button[value=phone]');
      await person.activates('button[value=pick-country-code]');
      person.sees('Choose a country code', 'button[name=action][value$="AT+43"]');
      await person.types({ q: 'atlantis' });
      await person.presses('Search');
      person.reads('There is no such country');
      await person.types({ q: 'germ' });
      await person.presses('Search');
      await person.activates('button[name=action][value$="DE+49"]');
      person.reads('Germany, +49');
      await person.types({ phone: '15112345678' });
      await person.submits();
      await person.types({ code: (await person.message('+4915112345678')).code });
      await person.submits();
      await person.ticks('#saved');
      await person.submits();
      person.reads('"amr": [ "mfa" ]');
    },
  },

  'console-elsewhere': {
    tenant: demo,
    async walk(person) {
      await console(person);
      await person.follows('Log in with Google');
      await person.types({ email: 'zoe@gmail.test' });
      await person.submits();
      person.sees('Acme Portal knows you as zoe@gmail.test');
      await console(person);
      await person.presses('Log in by a link');
      await followsMail(person);
      person.sees('Acme Portal knows you as zoe@acme.test');
      await console(person);
      await person.follows("Log in with a company's account");
      await person.types({ username: 'hank@globex.test' });
      await person.submits();
      person.sees('Continue with Globex');
      await person.submits();
      person.sees('Acme Portal knows you as hank@globex.test');
      await console(person);
      await person.follows('Log in with Google');
      await person.types({ email: 'ada@acme.test' });
      await person.submits();
      person.reads('"sub": "google-oauth2|');
      await console(person);
      await person.presses('Link two accounts');
      person.reads('clerk, also google-oauth2|');
      await person.follows('Log in with Google');
      await person.types({ email: 'ada@acme.test' });
      await person.submits();
      person.reads('"sub": "auth0|ada"');
      await console(person);
      await person.follows('Read another language');
      person.sees('Willkommen');
      await console(person);
      await person.follows('Give consent');
      await person.presses('Decline');
      person.sees('Partner Reports got no tokens');
      person.reads('access_denied');
    },
  },

  'console-device': {
    tenant: demo,
    async walk(person) {
      await console(person);
      await person.presses('Connect a device');
      person.sees('Acme TV waits for somebody to log in');
      const ask = person.page('form').serialize();
      const address = person.page('section a').attr('href');
      await person.presses('Ask for the tokens');
      person.reads('authorization_pending');
      assert.ok(ask && address);
    },
  },

  'console-approval': {
    tenant: demo,
    async walk(person) {
      await console(person);
      await person.presses('Ask for approval');
      person.sees('Acme Portal waits for an answer');
      await person.presses('Ask for the tokens');
      person.reads('authorization_pending');
      await person.follows('Back to the console');
      await person.presses('Approve Is it you');
      await console(person);
      await person.fills('#approval-email', 'nobody');
      await person.presses('Ask for approval');
      person.reads('There is no user "nobody"');
    },
  },
};
