// A camera that is held at the QR code of a page.
import assert from 'node:assert/strict';
import { load } from 'cheerio';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

// scan reads what the code on the person's page says: from a photograph of the
// page in a browser, else from the squares that the picture is made of.
export async function scan(person) {
  const { data, width, height } = person.tab ? PNG.sync.read(await person.tab.screenshot({ fullPage: true })) : drawn(person.page('img.qr').attr('src'));
  const found = jsQR(new Uint8ClampedArray(data), width, height);
  assert.ok(found, `a QR code can be read at ${person.url}`);
  return found.data;
}

// drawn paints the paths of our SVG, whose black squares are "Mx yh1v1h-1z".
function drawn(src) {
  const svg = load(Buffer.from(src.split(',')[1], 'base64').toString(), { xml: true });
  const [, , side] = svg('svg').attr('viewBox').split(' ').map(Number);
  const scale = 4;
  const size = side * scale;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [, x, y] of svg('path').last().attr('d').matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let i = 0; i < scale * scale; i++) {
      const at = ((Number(y) * scale + Math.floor(i / scale)) * size + Number(x) * scale + (i % scale)) * 4;
      data.fill(0, at, at + 3);
    }
  }
  return { data, width: size, height: size };
}
