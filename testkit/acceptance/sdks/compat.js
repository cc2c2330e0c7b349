// README's tables of compatibility and trust, made of what the tests recorded.
//   node compat.js          fails when README says anything else
//   node compat.js --write  writes them
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const records = here('../../../build/compat/');
const readme = here('../../../README.md');

const tests = [];
for (const name of (await readdir(records)).filter((name) => name.endsWith('.json')).sort()) {
  tests.push(...JSON.parse(await readFile(records + name, 'utf8')));
}
await writeFile(here('../../../build/compat.json'), JSON.stringify(tests, null, 1) + '\n');

// One line for all versions of an SDK that were asked the same and answered
// the same.
const unique = (list) => [...new Set(list)];
const lines = new Map();
for (const sdk of unique(tests.filter((t) => t.sdk).map((t) => t.sdk))) {
  const versions = unique(tests.filter((t) => t.sdk === sdk).map((t) => t.version));
  for (const version of versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const mine = tests.filter((t) => t.sdk === sdk && t.version === version);
    const failed = unique(mine.filter((t) => t.result !== 'passed').map((t) => t.flow));
    const passed = mine.filter((t) => t.result === 'passed').length;
    const rest = `| ${unique(mine.map((t) => t.flow)).join(', ')} | ${passed} of ${mine.length} pass${failed.length ? `; not ${failed.join(', ')}` : ''} |`;
    lines.set(sdk + rest, { sdk, rest, versions: [...(lines.get(sdk + rest)?.versions ?? []), version] });
  }
}
const compatibility = ['| SDK | versions | what a browser did with it | result |', '|---|---|---|---|',
  ...[...lines.values()].map(({ sdk, versions, rest }) => `| \`${sdk}\` | ${versions.join(', ')} ${rest}`)].join('\n');

// How each runtime trusts the CA; those that are not here were not asked.
const asked = tests.filter((t) => t.trust);
const trust = ['| runtime | how it trusts the CA |', '|---|---|',
  ...asked.map((t) => `| ${t.trust} | ${t.setting}${t.result === 'failed' ? ', which fails' : ''} |`)].join('\n');

let text = await readFile(readme, 'utf8');
const wrong = [];
for (const [name, table] of Object.entries({ compatibility, trust })) {
  const [begin, end] = [`<!-- ${name}: written by \`make compat\` -->`, `<!-- end of ${name} -->`];
  const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (after < before) throw new Error(`README.md has no place for the table: it goes between ${begin} and ${end}`);
  if (table === trust && asked.some((t) => t.result === 'skipped')) {
    console.log('Not every runtime is here, so README is not compared with how they trust the CA.');
    continue;
  }
  if (text.slice(before, after).trim() !== table) wrong.push(table);
  text = `${text.slice(0, before)}\n${table}\n${text.slice(after)}`;
}
if (process.argv.includes('--write')) {
  await writeFile(readme, text);
} else if (wrong.length) {
  console.error(`README.md does not say what the tests found; \`make compat\` writes it:\n${wrong.join('\n\n')}`);
  process.exitCode = 1;
} else {
  console.log('README.md says what the tests found.');
}
