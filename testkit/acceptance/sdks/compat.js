// README's tables of compatibility and trust, made of what the tests recorded.
//   node compat.js TABLE...          fails when README says anything else
//   node compat.js --write TABLE...  writes them
// The tables are compatibility, clients and trust.
import { access, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { read } from '../records.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const readme = here('../../../README.md');
const write = process.argv.includes('--write');
const names = process.argv.slice(2).filter((name) => name !== '--write');

// One line for all versions of an SDK that were asked the same and answered
// the same.
const unique = (list) => [...new Set(list)];
function perSDK(tests, header) {
  const lines = new Map();
  for (const sdk of unique(tests.map((t) => t.sdk))) {
    const versions = unique(tests.filter((t) => t.sdk === sdk).map((t) => t.version));
    for (const version of versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
      const mine = tests.filter((t) => t.sdk === sdk && t.version === version);
      const failed = unique(mine.filter((t) => t.result !== 'passed').map((t) => t.flow));
      const passed = mine.filter((t) => t.result === 'passed').length;
      const rest = `| ${unique(mine.map((t) => t.flow)).join(', ')} | ${passed} of ${mine.length} pass${failed.length ? `; not ${failed.join(', ')}` : ''} |`;
      lines.set(sdk + rest, { sdk, rest, versions: [...(lines.get(sdk + rest)?.versions ?? []), version] });
    }
  }
  return [header, '|---|---|---|---|', ...[...lines.values()].map(({ sdk, versions, rest }) => `| \`${sdk}\` | ${versions.join(', ')} ${rest}`)].join('\n');
}

// Each table, and whether everything that it tells of was there to be asked.
const tables = {
  compatibility: async () => ({ table: perSDK(await read('compatibility'), '| SDK | versions | what a browser did with it | result |') }),
  clients: async () => ({
    table: perSDK(await read('clients'), '| client | versions | what it did | result |'),
    partial: await access(here('../../../build/python')).then(() => '', () => 'Python is not here'),
  }),
  trust: async () => {
    const asked = await read('trust');
    const lines = asked.map((t) => `| ${t.trust} | ${t.setting}${t.result === 'failed' ? ', which fails' : ''} |`);
    return {
      table: ['| runtime | how it trusts the CA |', '|---|---|', ...lines].join('\n'),
      partial: asked.some((t) => t.result === 'skipped') ? 'Not every runtime is here' : '',
    };
  },
};

let text = await readFile(readme, 'utf8');
const wrong = [];
for (const name of names) {
  const { table, partial } = await tables[name]();
  const [begin, end] = [`<!-- ${name}: written by \`make compat\` -->`, `<!-- end of ${name} -->`];
  const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (after < before) throw new Error(`README.md has no place for the table: it goes between ${begin} and ${end}`);
  if (partial) {
    console.log(`${partial}, so README is not compared with the table of ${name}.`);
    continue;
  }
  if (text.slice(before, after).trim() !== table) wrong.push(table);
  text = `${text.slice(0, before)}\n${table}\n${text.slice(after)}`;
}
if (write) {
  await writeFile(readme, text);
} else if (wrong.length) {
  console.error(`README.md does not say what the tests found; \`make compat\` writes it:\n${wrong.join('\n\n')}`);
  process.exitCode = 1;
} else {
  console.log('README.md says what the tests found.');
}
