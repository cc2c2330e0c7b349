// A static file server: the page, its script, and auth0.js from node_modules.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const files = {
  '/': 'index.html', '/callback': 'index.html', '/app.js': 'app.js', '/style.css': 'style.css',
  '/auth0.js': 'node_modules/auth0-js/dist/auth0.min.js',
};
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' };

// What the page needs to know; the defaults fit the demo tenant.
export const configFromEnv = (env = process.env) => ({
  domain: env.AUTH0_DOMAIN ?? 'localhost:4400',
  clientId: env.AUTH0_CLIENT_ID ?? 'acmeSpa000000000000000000000000a',
  audience: env.AUTH0_AUDIENCE ?? 'https://orders.acme.test',
});

export const createApp = (config) => createServer(async (req, res) => {
  const { pathname } = new URL(req.url, 'http://localhost');
  const say = (status, type, body) => res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  if (pathname === '/config.js') return say(200, types.js, `const config = ${JSON.stringify(config)};`);
  const name = files[pathname];
  if (!name) return say(404, 'text/plain', 'not found\n');
  say(200, types[name.split('.').pop()], await readFile(new URL(name, import.meta.url)));
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 3000);
  createApp(configFromEnv()).listen(port, '127.0.0.1', () => console.log(`Open http://localhost:${port}`));
}
