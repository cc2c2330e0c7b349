// jsonwebtoken's decode, verify and sign, for HS, RS and ES algorithms.
const { Buffer } = require('buffer');
const crypto = require('crypto');

class JsonWebTokenError extends Error {
  constructor(message) { super(message); this.name = 'JsonWebTokenError'; }
}
class TokenExpiredError extends JsonWebTokenError {
  constructor(message, expiredAt) { super(message); this.name = 'TokenExpiredError'; this.expiredAt = expiredAt; }
}
class NotBeforeError extends JsonWebTokenError {
  constructor(message, date) { super(message); this.name = 'NotBeforeError'; this.date = date; }
}

const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
const write = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const list = (v) => (Array.isArray(v) ? v : [v]);
const matches = (want, got) => list(want).some((w) => (w instanceof RegExp ? w.test(got) : w === got));

function decode(token, options = {}) {
  const parts = String(token).split('.');
  if (parts.length !== 3) return null;
  let header, payload;
  try { header = read(parts[0]); payload = read(parts[1]); } catch { return null; }
  return options.complete ? { header, payload, signature: parts[2] } : payload;
}

function signed(alg, key, data, signature) {
  const hash = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }[alg.slice(2)];
  if (!hash) return false;
  if (alg.startsWith('HS')) {
    const want = crypto.createHmac(hash, key).update(data).digest();
    return want.length === signature.length && crypto.timingSafeEqual(want, signature);
  }
  const pem = { key: String(key), dsaEncoding: alg.startsWith('ES') ? 'ieee-p1363' : 'der' };
  return crypto.createVerify(hash).update(data).verify(pem, signature);
}

function check(token, key, options) {
  if (!token) throw new JsonWebTokenError('jwt must be provided');
  if (typeof token !== 'string') throw new JsonWebTokenError('jwt must be a string');
  const parts = token.split('.');
  if (parts.length !== 3) throw new JsonWebTokenError('jwt malformed');
  const whole = decode(token, { complete: true });
  if (!whole) throw new JsonWebTokenError('invalid token');
  if (!parts[2]) throw new JsonWebTokenError('jwt signature is required');
  if (!key) throw new JsonWebTokenError('secret or public key must be provided');
  const asymmetric = String(key).includes('-----BEGIN');
  const allowed = options.algorithms ?? (asymmetric ? ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] : ['HS256', 'HS384', 'HS512']);
  const { alg } = whole.header;
  // A public key is no secret: what names HS256 and brings one is forged.
  if (!allowed.includes(alg) || asymmetric === String(alg).startsWith('HS')) throw new JsonWebTokenError('invalid algorithm');
  if (!signed(alg, key, `${parts[0]}.${parts[1]}`, Buffer.from(parts[2], 'base64url'))) throw new JsonWebTokenError('invalid signature');
  const { payload } = whole;
  const now = options.clockTimestamp ?? Math.floor(Date.now() / 1000);
  const tolerance = options.clockTolerance ?? 0;
  if (payload.nbf !== undefined && !options.ignoreNotBefore) {
    if (typeof payload.nbf !== 'number') throw new JsonWebTokenError('invalid nbf value');
    if (payload.nbf > now + tolerance) throw new NotBeforeError('jwt not active', new Date(payload.nbf * 1000));
  }
  if (payload.exp !== undefined && !options.ignoreExpiration) {
    if (typeof payload.exp !== 'number') throw new JsonWebTokenError('invalid exp value');
    if (now >= payload.exp + tolerance) throw new TokenExpiredError('jwt expired', new Date(payload.exp * 1000));
  }
  if (options.audience && !list(payload.aud).some((aud) => matches(options.audience, aud))) throw new JsonWebTokenError(`jwt audience invalid. expected: ${list(options.audience).join(' or ')}`);
  if (options.issuer && !matches(options.issuer, payload.iss)) throw new JsonWebTokenError(`jwt issuer invalid. expected: ${options.issuer}`);
  if (options.subject && payload.sub !== options.subject) throw new JsonWebTokenError(`jwt subject invalid. expected: ${options.subject}`);
  return options.complete ? whole : payload;
}

function verify(token, key, options, callback) {
  if (typeof options === 'function') [options, callback] = [{}, options];
  if (typeof callback !== 'function') return check(token, key, options ?? {});
  let result;
  try { result = check(token, key, options ?? {}); } catch (error) { return callback(error); }
  return callback(null, result);
}

const seconds = (v) => {
  if (typeof v === 'number') return v;
  const [, n, unit] = /^(\d+)\s*(s|m|h|d)?$/.exec(v) ?? [];
  if (!n) throw new Error('"expiresIn" should be a number of seconds or string representing a timespan');
  return Number(n) * { s: 1, m: 60, h: 3600, d: 86400 }[unit ?? 's'];
};

function sign(payload, key, options = {}) {
  const alg = options.algorithm ?? 'HS256';
  if (!alg.startsWith('HS')) throw new Error(`sign: Actions in Faux0 sign with HS algorithms only, not ${alg}`);
  const now = Math.floor(Date.now() / 1000);
  const claims = { ...payload, iat: payload.iat ?? now };
  if (options.expiresIn !== undefined) claims.exp = now + seconds(options.expiresIn);
  for (const [option, claim] of [['audience', 'aud'], ['issuer', 'iss'], ['subject', 'sub']]) {
    if (options[option] !== undefined) claims[claim] = options[option];
  }
  const data = `${write({ alg, typ: 'JWT' })}.${write(claims)}`;
  return `${data}.${crypto.createHmac(`sha${alg.slice(2)}`, key).update(data).digest('base64url')}`;
}

module.exports = { decode, verify, sign, JsonWebTokenError, TokenExpiredError, NotBeforeError };
