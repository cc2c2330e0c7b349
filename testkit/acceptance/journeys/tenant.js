// The tenants that the journeys are taken in.

export const database = 'Username-Password-Authentication';
export const password = 'Correct-Horse-9';
export const ada = { email: 'ada@acme.test', password, user_id: 'auth0|ada', email_verified: true, name: 'Ada Byron' };

const application = {
  name: 'Shop',
  client_id: 'shop',
  client_secret: 'shop-secret',
  app_type: 'regular_web',
  token_endpoint_auth_method: 'client_secret_post',
  grant_types: ['authorization_code', 'refresh_token'],
  callbacks: ['##APP_HTTP##/callback'],
  allowed_logout_urls: ['##APP_HTTP##/bye'],
};

// tenant is one with a shop that Ada may log in to, and what a journey needs
// besides. `client` and `options` are of the shop and of the database.
export function tenant({ client = {}, options, clients = [], users = [ada], ...rest } = {}) {
  return {
    tenant: { friendly_name: 'Acme' },
    clients: [{ ...application, ...client }, ...clients],
    databases: [{ name: database, strategy: 'auth0', enabled_clients: ['Shop', ...clients.map(({ name }) => name)], ...(options && { options }) }],
    users,
    ...rest,
  };
}

// colours are a tenant's own.
export const colours = { primary: '#b3542a', page_background: '#fdf3e3' };
