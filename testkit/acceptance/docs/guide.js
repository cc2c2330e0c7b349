// A guide is a page of Markdown that a newcomer follows with curl alone. Its
// blocks of `sh` are run in their order by one bash, against a tenant of its
// own. A line `# → text` in a block says that what the block has printed so
// far contains the text. A block of `yaml` at the top that begins with
// `# tenant.yaml` is the tenant; without one it is the demo tenant.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { binary, ends, freePort, patience } from '../server.js';

const run = promisify(execFile);
export const repository = new URL('../../../', import.meta.url);

// follow does what a guide says, and throws what went wrong with file and line.
export async function follow(path) {
  const stops = [];
  const dir = await mkdtemp(`${tmpdir()}/faux0-guide-`);
  stops.push(() => rm(dir, { recursive: true, force: true }));
  const name = relative(fileURLToPath(repository), path);
  const fail = (line, why) => { throw new Error(`${name}:${line}: ${why}`); };
  try {
    const port = await freePort(); // the page names its tenant's address before the tenant runs
    const text = (await readFile(path, 'utf8')).replace(/\b(localhost|127\.0\.0\.1):4400\b/g, `$1:${port}`);
    const { script, tenant } = read(text, fail);
    await serve(stops, dir, port, tenant).catch((error) => fail(1, error.message));
    await follower(dir, port, script, name, fail);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

// read makes a bash script of a page, with each line where the page has it,
// so that what bash says about a line is about the page's line.
function read(text, fail) {
  const script = [];
  let block, tenant;
  const lines = text.split('\n');
  const put = (line) => script.push(line);
  for (const [i, line] of lines.entries()) {
    const at = i + 1;
    const [, kind] = line.match(/^```(\S*)/) ?? [];
    if (block === undefined && kind !== undefined) {
      block = { kind, at };
      if (kind === 'yaml' && lines[at] === '# tenant.yaml') block.tenant = tenant = [];
      put(kind === 'sh' ? `exec >"$PRINTED.${at}"; PRINTING="$PRINTED.${at}"` : '');
    } else if (kind !== undefined) {
      block = undefined;
      put('');
    } else {
      const [, promised] = line.match(/^\s*# → (.*?)\s*$/) ?? [];
      block?.tenant?.push(line);
      if (block?.kind !== 'sh') put('');
      else put(promised === undefined ? line : `printed ${at} '${promised.replaceAll("'", "'\\''")}'`);
    }
  }
  if (block) fail(block.at, 'the block has no end');
  if (!script.some((line) => line.startsWith('exec >'))) fail(1, 'there is no block of sh in it');
  return { script: script.join('\n'), tenant: tenant?.join('\n') };
}

// What bash reads before the script, so that the page's lines keep their
// numbers. The third descriptor is where faults are told.
const preamble = `
unset BASH_ENV
set -eEuo pipefail
exec </dev/null 2>&1 3>&1
trap 'fault $LINENO "$BASH_COMMAND: exit $?"' ERR
fault() { trap - ERR; echo "$1: $2" >&3; exit 1; }
printed() {
  if ! grep -qF -e "$2" -- "$PRINTING"; then
    fault "$1" "\\"$2\\" is not in what the block printed:"$'\\n'"$(cat "$PRINTING")"
  fi
}
`;

async function follower(dir, port, script, name, fail) {
  await mkdir(`${dir}/work`);
  await mkdir(`${dir}/bin`);
  await symlink(binary, `${dir}/bin/faux0`);
  await writeFile(`${dir}/preamble`, preamble);
  await writeFile(`${dir}/guide`, script);
  const bash = run('bash', [`${dir}/guide`], {
    cwd: `${dir}/work`, timeout: patience,
    env: {
      ...process.env, LC_ALL: 'C.UTF-8', BASH_ENV: `${dir}/preamble`, PRINTED: `${dir}/printed`, PATH: `${dir}/bin:${process.env.PATH}`,
      CURL_CA_BUNDLE: `${dir}/ca.pem`, FAUX0_ADDR: `127.0.0.1:${port}`, FAUX0_URL: `http://localhost:${port}`,
    },
  });
  await bash.catch((error) => {
    if (error.killed) fail(1, `it does not end\n${error.stdout}`);
    const said = error.stdout.replaceAll(/^\S*\/guide: line (\d+): /gm, '$1: ');
    const [, line, why] = said.match(/^(\d+): ([^]*)/m) ?? [undefined, 1, said];
    fail(line, why.trim());
  });
}

// serve starts the tenant and waits until it answers.
async function serve(stops, dir, port, tenant) {
  const args = ['serve', '--addr', `127.0.0.1:${port}`, '--tls', `${dir}/tls`];
  if (tenant) {
    await writeFile(`${dir}/tenant.yaml`, tenant);
    args.push('--fixtures', `${dir}/tenant.yaml`);
  }
  const { stdout: help } = await run(binary, ['serve', '--help']);
  if (help.includes('--headless-login')) args.push('--headless-login', 'on');
  const server = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  ends(stops, server);
  let said = '';
  await new Promise((resolve, reject) => {
    server.stderr.on('data', (text) => { said += text; if (said.includes(`//localhost:${port}`)) resolve(); });
    server.on('exit', () => reject(new Error(`the tenant cannot be served:\n${said}`)));
  });
  const answer = await fetch(`http://localhost:${port}/_faux0/ca.pem`);
  await writeFile(`${dir}/ca.pem`, await answer.text());
}
