// A static file server: the page, its script, and Lock, which npm delivers in
// pieces that esbuild puts together when the server starts.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const files = { '/': 'index.html', '/callback': 'index.html', '/app.js': 'app.js', '/style.css': 'style.css', '/logo.svg': 'logo.svg' };
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

// What the page needs to know; the defaults fit the demo tenant.
export const configFromEnv = (env = process.env) => ({
  domain: env.AUTH0_DOMAIN ?? 'localhost:4400',
  clientId: env.AUTH0_CLIENT_ID ?? 'acmeSpa000000000000000000000000a',
  audience: env.AUTH0_AUDIENCE ?? 'https://orders.acme.test',
});

export async function createApp(config) {
  const { outputFiles: [lock] } = await build({
    stdin: { contents: "import { Auth0Lock } from 'auth0-lock'; window.Auth0Lock = Auth0Lock;", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true, minify: true, write: false, define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    mainFields: ['browser', 'module', 'main'],
  });
  return createServer(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://localhost');
    const say = (status, type, body) => res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    if (pathname === '/config.js') return say(200, types.js, `const config = ${JSON.stringify(config)};`);
    if (pathname === '/auth0-lock.js') return say(200, types.js, lock.text);
    const name = files[pathname];
    if (!name) return say(404, 'text/plain', 'not found\n');
    say(200, types[name.split('.').pop()], await readFile(new URL(name, import.meta.url)));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 3000);
  (await createApp(configFromEnv())).listen(port, '127.0.0.1', () => console.log(`Open http://localhost:${port}`));
}
