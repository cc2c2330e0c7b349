// As much of Node's Buffer as reading tokens takes.
const bytes = (v) => (v instanceof ArrayBuffer ? v : v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength));

class Buffer extends Uint8Array {
  static from(value, encoding) {
    if (typeof value === 'string') return new Buffer(native.decode(value, encoding ?? 'utf8'));
    return new Buffer(value);
  }
  static alloc(size) { return new Buffer(size); }
  static isBuffer(value) { return value instanceof Buffer; }
  static byteLength(value, encoding) { return Buffer.from(value, encoding).length; }
  static concat(list) {
    const all = new Buffer(list.reduce((n, b) => n + b.length, 0));
    let at = 0;
    for (const b of list) { all.set(b, at); at += b.length; }
    return all;
  }
  equals(other) { return this.length === other.length && native.equal(bytes(this), bytes(other)); }
  toString(encoding) { return native.encode(bytes(this), encoding ?? 'utf8'); }
  toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
}

exports.Buffer = Buffer;
exports.atob = (text) => native.encode(native.decode(String(text), 'base64'), 'latin1');
exports.btoa = (text) => native.encode(native.decode(String(text), 'latin1'), 'base64');
exports.structuredClone = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
