// README's compatibility table, made of what the tests recorded.
//   node compat.js          fails when README says anything else
//   node compat.js --write  writes it
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const records = here('../../../build/compat/');
const readme = here('../../../README.md');
const [begin, end] = ['<!-- compatibility: written by `make compat` -->', '<!-- end of compatibility -->'];

const tests = [];
for (const name of (await readdir(records)).filter((name) => name.endsWith('.json')).sort()) {
  tests.push(...JSON.parse(await readFile(records + name, 'utf8')));
}
await writeFile(here('../../../build/compat.json'), JSON.stringify(tests, null, 1) + '\n');

// One line for all versions of an SDK that were asked the same and answered
// the same.
const unique = (list) => [...new Set(list)];
const lines = new Map();
for (const sdk of unique(tests.map((t) => t.sdk))) {
  const versions = unique(tests.filter((t) => t.sdk === sdk).map((t) => t.version));
  for (const version of versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const mine = tests.filter((t) => t.sdk === sdk && t.version === version);
    const flows = (result) => unique(mine.filter((t) => t.result === result).map((t) => t.flow));
    const said = [`${mine.filter((t) => t.result === 'passed').length} tests pass`];
    for (const result of ['failed', 'skipped']) if (flows(result).length) said.push(`${result}: ${flows(result).join(', ')}`);
    const rest = `| ${flows('passed').join(', ')} | ${said.join('; ')} |`;
    lines.set(sdk + rest, { sdk, rest, versions: [...(lines.get(sdk + rest)?.versions ?? []), version] });
  }
}
const table = ['| SDK | versions | what a browser did with it | result |', '|---|---|---|---|',
  ...[...lines.values()].map(({ sdk, versions, rest }) => `| \`${sdk}\` | ${versions.join(', ')} ${rest}`)].join('\n');

const text = await readFile(readme, 'utf8');
const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
if (after < before) throw new Error(`README.md has no place for the table: it goes between ${begin} and ${end}`);
const now = text.slice(before, after).trim();
if (process.argv.includes('--write')) {
  await writeFile(readme, `${text.slice(0, before)}\n${table}\n${text.slice(after)}`);
} else if (now !== table) {
  console.error(`README.md's compatibility table is not what the tests found. \`make compat\` writes it:\n${table}`);
  process.exitCode = 1;
} else {
  console.log('README.md\'s compatibility table is what the tests found.');
}
