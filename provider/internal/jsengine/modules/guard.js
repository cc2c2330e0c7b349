// Built-in functions that take a size and cannot be interrupted get a limit.
const limit = 16 << 20;
const tooLarge = () => { throw new RangeError('larger than Actions in Faux0 may make it'); };

for (const [name, size] of [
  ['repeat', (text, n) => text.length * n],
  ['padStart', (text, n) => n],
  ['padEnd', (text, n) => n],
]) {
  const original = String.prototype[name];
  const apply = Reflect.apply;
  String.prototype[name] = function (...args) {
    if (size(`${this}`, Number(args[0])) > limit) tooLarge();
    return apply(original, this, args);
  };
}
for (const name of ['fill', 'join', 'concat', 'reverse', 'sort', 'indexOf', 'includes']) {
  const original = Array.prototype[name];
  const apply = Reflect.apply;
  Array.prototype[name] = function (...args) {
    if (this.length > limit) tooLarge();
    return apply(original, this, args);
  };
}
const construct = Reflect.construct;
for (const name of ['ArrayBuffer', 'Uint8Array', 'Int8Array', 'Uint8ClampedArray', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
  const original = globalThis[name];
  if (!original) continue;
  const guarded = function (...args) {
    if (typeof args[0] === 'number' && args[0] > limit) tooLarge();
    return construct(original, args, new.target === guarded || !new.target ? original : new.target);
  };
  guarded.prototype = original.prototype;
  original.prototype.constructor = guarded;
  Object.setPrototypeOf(guarded, original);
  globalThis[name] = guarded;
}
