// A static file server: the page, and the app that esbuild puts together when
// the server starts.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// What the app needs to know; the defaults fit the demo tenant.
export const configFromEnv = (env = process.env) => ({
  domain: env.AUTH0_DOMAIN ?? 'http://localhost:4400',
  clientId: env.AUTH0_CLIENT_ID ?? 'acmeSpa000000000000000000000000a',
  audience: env.AUTH0_AUDIENCE ?? 'https://orders.acme.test',
});

export async function createApp(config) {
  const { outputFiles: [app] } = await build({
    entryPoints: [fileURLToPath(new URL('app.jsx', import.meta.url))], bundle: true, minify: true, write: false,
    jsx: 'automatic', define: { 'process.env.NODE_ENV': '"production"' },
  });
  return createServer(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://localhost');
    const say = (type, body) => res.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    if (pathname === '/config.js') return say('text/javascript', `const config = ${JSON.stringify(config)};`);
    if (pathname === '/app.js') return say('text/javascript', app.text);
    if (pathname === '/style.css') return say('text/css', await readFile(new URL('style.css', import.meta.url)));
    say('text/html; charset=utf-8', await readFile(new URL('index.html', import.meta.url)));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 3000);
  (await createApp(configFromEnv())).listen(port, '127.0.0.1', () => console.log(`Open http://localhost:${port}`));
}
