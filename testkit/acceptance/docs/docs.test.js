// Every page of docs/flows does what it says: see guide.js.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { follow, repository } from './guide.js';

const flows = fileURLToPath(new URL('docs/flows/', repository));
const guides = process.env.GUIDES?.split(' ') ?? (await readdir(flows)).filter((name) => name.endsWith('.md')).map((name) => flows + name);

test('docs/flows', { concurrency: 2 }, async (t) => {
  await Promise.all(guides.map((guide) => t.test(basename(guide), () => follow(guide))));
});

test('a guide that is wrong is named with its line', { concurrency: 2 }, async (t) => {
  const dir = await mkdtemp(`${tmpdir()}/faux0-guides-`);
  t.after(() => rm(dir, { recursive: true, force: true }));
  const guide = (...lines) => ['# A flow', '', '```sh', ...lines, '```', ''].join('\n');
  const wrong = {
    'a command that fails': [guide('echo first', 'curl -s --fail http://localhost:4400/nowhere >/dev/null'), /wrong-0\.md:5: .*exit 22/],
    'a text that was not printed': [guide('echo said', '# → unsaid'), /wrong-1\.md:5: .*"unsaid"[^]*said/],
    'a text that an earlier block printed': [guide('echo said', '```', '```sh', '# → said'), /wrong-2\.md:7: .*"said"/],
    'a variable that nothing set': [guide('echo "$nothing"'), /wrong-3\.md:4: nothing: unbound variable/],
    'a pipe whose beginning fails': [guide('false | cat'), /wrong-4\.md:4: /],
    'a tenant that cannot be': [`\`\`\`yaml\n# tenant.yaml\nclients: [{nome: x}]\n\`\`\`\n${guide('true')}`, /wrong-5\.md:1: [^]*nome/],
    'a guide without anything to run': ['# A flow\n', /wrong-6\.md:1: /],
    'a block that never ends': ['```sh\ntrue\n', /wrong-7\.md:1: /],
  };
  await Promise.all(Object.entries(wrong).map(([name, [text, complaint]], i) => t.test(name, async () => {
    await writeFile(`${dir}/wrong-${i}.md`, text);
    await assert.rejects(follow(`${dir}/wrong-${i}.md`), complaint);
  })));
});
