// What each SDK did, written down for README's tables.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// records is the folder of one table.
const records = (table) => here(`../../build/compat/${table}/`);

// write keeps the entries of one file of tests.
export async function write(table, file, entries) {
  await mkdir(records(table), { recursive: true });
  await writeFile(`${records(table)}${file}.json`, JSON.stringify(entries, null, 1));
}

// read gives what all files of a table wrote.
export async function read(table) {
  const names = (await readdir(records(table))).filter((name) => name.endsWith('.json')).sort();
  return (await Promise.all(names.map(async (name) => JSON.parse(await readFile(records(table) + name, 'utf8'))))).flat();
}

// rows runs a table of tests for one SDK, several at a time. A row is
// {flow, name, run(t)}: flow is what README's table calls it.
export async function rows(t, table, file, { name: sdk, version }, list) {
  const entries = list.map(({ flow, name }) => ({ sdk, version, flow, test: name, result: 'failed' }));
  await Promise.all(list.map(({ name, run }, i) => t.test(`${sdk} ${version}: ${name}`, async (t) => {
    await run(t);
    entries[i].result = 'passed';
  })));
  await write(table, file, entries);
}
