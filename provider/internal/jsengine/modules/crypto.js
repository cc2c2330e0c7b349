// As much of Node's crypto as checking tokens takes.
const { Buffer } = require('buffer');
const raw = (v) => { const b = typeof v === 'string' ? Buffer.from(v) : v; return b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength); };

class Sum {
  constructor(finish) { this.finish = finish; this.parts = []; }
  update(data, encoding) { this.parts.push(typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)); return this; }
  data() { return raw(Buffer.concat(this.parts)); }
  digest(encoding) { const b = new Buffer(this.finish(this.data())); return encoding ? b.toString(encoding) : b; }
}

class Verify extends Sum {
  verify(key, signature, encoding) {
    const joined = typeof key === 'object' && key.dsaEncoding === 'ieee-p1363';
    const pem = typeof key === 'object' && !Buffer.isBuffer(key) ? key.key : key;
    return native.verify(this.finish, String(pem), this.data(), raw(typeof signature === 'string' ? Buffer.from(signature, encoding) : signature), joined);
  }
}

exports.createHash = (name) => new Sum((data) => native.hash(name, data));
exports.createHmac = (name, key) => new Sum((data) => native.hmac(name, raw(key), data));
exports.createVerify = (name) => new Verify(name);
exports.timingSafeEqual = (a, b) => {
  if (a.byteLength !== b.byteLength) throw new RangeError('Input buffers must have the same byte length');
  return native.equal(raw(a), raw(b));
};
exports.randomBytes = (n) => new Buffer(native.random(n));
exports.randomUUID = () => {
  const b = exports.randomBytes(16);
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return b.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
