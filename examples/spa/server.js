// A static file server and nothing more: the page, its script, the SDK from
// node_modules, and /config.json made from the environment.
import { createServer as http } from 'node:http';
import { createServer as https } from 'node:https';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const page = ['index.html', 'text/html; charset=utf-8'];
const files = {
  '/': page,
  '/callback': page,
  '/app.js': ['app.js', 'text/javascript'],
  '/style.css': ['style.css', 'text/css'],
  '/auth0-spa-js.js': ['node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js', 'text/javascript'],
};

// What the page needs to know; the defaults fit the demo tenant.
export const configFromEnv = (env = process.env) => ({
  domain: env.AUTH0_DOMAIN ?? 'http://localhost:4400',
  clientId: env.AUTH0_CLIENT_ID ?? 'acmeSpa000000000000000000000000a',
  audience: env.AUTH0_AUDIENCE ?? 'https://orders.acme.test',
  api: env.API_URL ?? 'http://localhost:3001',
});

// createApp answers the page's requests; tls is {key, cert} for https.
export function createApp(config, tls) {
  const answer = async (req, res) => {
    const { pathname } = new URL(req.url, 'http://localhost');
    const say = (status, type, body) => res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    if (pathname === '/config.json') return say(200, 'application/json', JSON.stringify(config));
    if (!files[pathname]) return say(404, 'text/plain', 'not found\n');
    const [name, type] = files[pathname];
    try {
      say(200, type, await readFile(new URL(name, import.meta.url)));
    } catch {
      say(500, 'text/plain', `${name} is missing: run npm install first\n`);
    }
  };
  return tls ? https(tls, answer) : http(answer);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 3000);
  createApp(configFromEnv()).listen(port, '127.0.0.1', () => console.log(`Open http://localhost:${port}`));
}
