// Bundles each SDK once for a page to load with a script tag, as a person
// without a bundler would have it. Kept in build/sdks until a version changes.
import { build } from 'esbuild';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cache = here('../../../build/sdks/');

const lock = (name) => `
  import { Auth0Lock, Auth0LockPasswordless } from '${name}';
  Object.assign(window, { Auth0Lock, Auth0LockPasswordless });`;
const auth0js = (name) => `
  import auth0 from '${name}';
  window.auth0 = auth0;`;

// The packages, by the folder that npm puts them in.
const entries = {
  'auth0-lock-11': lock, 'auth0-lock-12': lock, 'auth0-lock-13': lock, 'auth0-lock-14': lock,
  'auth0-js-9': auth0js, 'auth0-js-10': auth0js,
  '@auth0/auth0-spa-js': (name) => `import * as auth0 from '${name}'; window.auth0 = auth0;`,
  'oidc-client-ts': (name) => `import * as oidc from '${name}'; window.oidc = oidc;`,
  '@auth0/auth0-react': () => `import './pages/react.jsx';`,
  '@auth0/auth0-angular': () => `import './pages/angular.js';`,
  '@auth0/auth0-vue': () => `import './pages/vue.js';`,
};

// manifest is a package's package.json: its real name and version.
export const manifest = async (name) => JSON.parse(await readFile(here(`node_modules/${name}/package.json`), 'utf8'));

// bundle gives the path of a package's bundle, made when it is not there yet.
const asked = new Map();
export function bundle(name) {
  if (!asked.has(name)) asked.set(name, make(name));
  return asked.get(name);
}

async function make(name) {
  const source = entries[name](name);
  const parts = [source, await readFile(here('package-lock.json')), await readFile(here('bundle.js'))];
  for (const [, page] of source.matchAll(/'\.\/(pages\/.*?)'/g)) parts.push(await readFile(here(page)));
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
  const path = `${cache}${name.replace('/', '-')}-${hash}.js`;
  if (await stat(path).catch(() => null)) return path;
  await mkdir(cache, { recursive: true });
  // Every part of Lock gets Lock's own React, not the one that auth0-react wants.
  const alias = {};
  for (const library of ['react', 'react-dom']) {
    const own = here(`node_modules/${name}/node_modules/${library}`);
    if (await stat(own).catch(() => null)) alias[library] = own;
  }
  await build({
    stdin: { contents: source, resolveDir: here('.') },
    outfile: `${path}.${process.pid}`, // two files of tests may want it at once
    bundle: true, minify: true, format: 'iife', target: 'es2020', logLevel: 'error', jsx: 'automatic',
    mainFields: ['browser', 'module', 'main'], // said outright, or require() of auth0-js yields an empty object
    alias,
    define: { 'process.env.NODE_ENV': '"production"', global: 'window', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  });
  await rename(`${path}.${process.pid}`, path);
  return path;
}
