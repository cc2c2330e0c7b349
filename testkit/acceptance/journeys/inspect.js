// What every page must be, looked at in Chromium.
import assert from 'node:assert/strict';
import axe from 'axe-core';

// The rules of WCAG 2.2 A and AA, and what axe-core thinks good besides.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

// seen are the pages that were looked at on each screen.
const seen = new Set();

// isNew says whether a page was not seen yet on this screen, but for what is
// random in it: states, the tenant's port, codes, and the time.
export function isNew(html, as) {
  const key = `${as} ${html.replace(/[\w-]{20,}|localhost:\d+|\d{4}-\d\d-\d\dT[\d:.]+|\b\d\d:\d\d:\d\d\b|\b\d{6}\b/g, '')}`;
  return !seen.has(key) && Boolean(seen.add(key));
}

// inspect throws what is wrong with the page: for people who use a screen
// reader, a keyboard, or a phone.
export async function inspect(page) {
  const url = page.url();
  const wrong = await page.evaluate(look);
  assert.deepEqual(wrong, [], url);
  assert.deepEqual(await violations(page), [], url);
}

// violations are what axe-core finds.
export async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate((values) => axe.run({ runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), tags);
  return found.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`));
}

// look runs in the page.
function look() {
  const wrong = [];
  const check = (ok, complaint) => { if (!ok) wrong.push(complaint); };
  check(document.title, 'it has no title');
  check(document.documentElement.scrollWidth <= innerWidth, `it sticks out to the right: ${document.documentElement.scrollWidth} pixels`);
  for (const image of document.images) check(image.complete && image.naturalWidth, `the picture "${image.alt}" does not show`);
  const fields = [...document.querySelectorAll('main input:not([type=hidden], [type=checkbox], [readonly]), main textarea, main select')];
  const bad = document.querySelector('[aria-invalid=true]');
  if (bad) check(document.activeElement === bad, 'the field that is wrong has no focus');
  for (const { form } of fields) {
    const first = [...form.elements].find((e) => e.type === 'submit');
    const primary = form.querySelector('.primary');
    check(!primary || first.name === primary.name && first.value === primary.value, `Enter in a field presses ${first.outerHTML}`);
  }
  for (const field of fields) check(field.labels.length === 1, `it is not said what ${field.outerHTML} is`);
  return wrong;
}

// focused runs in the page: what has the focus, whether one sees that, and
// whether it is the element that is wanted.
export function focused(element) {
  const at = document.activeElement;
  const { outlineStyle, boxShadow } = getComputedStyle(at);
  return { what: at.outerHTML, visible: at === document.body || outlineStyle !== 'none' || boxShadow !== 'none', wanted: at === element };
}
