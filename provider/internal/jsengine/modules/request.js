// request is what scripts of connections know the package of that name by: a
// call with options and a callback. It is answered before it returns.
const encode = (o) => Object.keys(o).map((k) => encodeURIComponent(k) + '=' + encodeURIComponent(o[k])).join('&');

function request(options, more, callback) {
  const o = Object.assign({}, typeof options === 'string' ? { url: options } : options);
  if (typeof more === 'function') callback = more;
  else Object.assign(o, more);
  let url = String(o.url || o.uri);
  if (o.qs) url += (url.includes('?') ? '&' : '?') + encode(o.qs);
  const headers = Object.assign({}, o.headers);
  if (o.auth && o.auth.bearer) headers.Authorization = 'Bearer ' + o.auth.bearer;
  let body = o.body === undefined ? '' : o.body;
  if (o.form) {
    body = typeof o.form === 'string' ? o.form : encode(o.form);
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  } else if (o.json && (o.json !== true || typeof body === 'object')) {
    body = JSON.stringify(o.json === true ? body : o.json);
    headers['Content-Type'] = 'application/json';
  }
  let reply;
  try {
    reply = native.fetch(String(o.method || 'GET').toUpperCase(), url, headers, String(body));
  } catch (e) {
    if (callback) callback(e);
    return;
  }
  let read = reply.body;
  if (o.json) {
    try { read = JSON.parse(read); } catch (e) { /* as the package does: the text it is */ }
  }
  if (callback) callback(null, { statusCode: reply.status, headers: reply.headers, body: read }, read);
}

for (const method of ['get', 'post', 'put', 'patch', 'head', 'delete']) {
  request[method] = (options, more, callback) => {
    const o = typeof options === 'string' ? { url: options } : options;
    return request(Object.assign({}, o, { method }), more, callback);
  };
}
request.del = request.delete;
module.exports = request;
