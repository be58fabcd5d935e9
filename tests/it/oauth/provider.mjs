// The certified OpenID provider of the tests: node provider.mjs PORT. Anybody signs in as a name of USERS with the
// password secret-NAME. Dovecot asks it about tokens (RFC 7662). Refresh tokens are good for one use.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The packages are installed elsewhere: this file's folder is part of the sources.
const require = createRequire(pathToFileURL(process.env.PROVIDER_PACKAGES + '/'));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const USERS = ['alice', 'bob'];
const SCOPE = 'https://mail.example/imap';

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'postrider',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback'],
    },
    {
      client_id: 'registered',
      client_secret: 'secret-of-the-client-0123456789-0123456789',
      application_type: 'native',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/'],
    },
    { client_id: 'dovecot', client_secret: 'dovecot-secret', grant_types: [], response_types: [], redirect_uris: [] },
  ],
  findAccount: (_ctx, id) => (USERS.includes(id) ? { accountId: id, claims: () => ({ sub: id, email: `${id}@example.org` }) } : undefined),
  // As the large providers do it: who signed in stands in the ID token.
  claims: { openid: ['sub'], email: ['email'] },
  conformIdTokenClaims: false,
  scopes: ['openid', 'offline_access', SCOPE],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
  },
  ttl: { AccessToken: Number(process.env.ACCESS_TTL ?? 3600), RefreshToken: 86400, AuthorizationCode: 60, Grant: 86400 },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  extraTokenClaims: (_ctx, token) => ({ username: token.accountId }),
  cookies: { keys: ['test'] },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

const form = (fields) => `<form method=post>${fields}<button>OK</button></form>`;

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  const login = details.prompt.name === 'login';
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = form(login ? '<input name=login><input name=password type=password>' : '');
    return;
  }
  let body = '';
  for await (const chunk of ctx.req) body += chunk;
  const said = new URLSearchParams(body);
  let result;
  if (said.get('deny')) {
    result = { error: 'access_denied', error_description: 'the user said <b>no</b>' };
  } else if (login) {
    const name = said.get('login');
    if (!USERS.includes(name) || said.get('password') !== `secret-${name}`) {
      ctx.status = 401;
      return;
    }
    result = { login: { accountId: name } };
  } else {
    const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
    grant.addOIDCScope(details.params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }));
});

provider.on('revocation.success', () => console.error('revoked'));
provider.on('grant.revoked', () => console.error('revoked'));
provider.on('grant.success', (ctx) => {
  console.error(`granted ${ctx.oidc.params.grant_type}`);
  // What nobody but the program may ever see: the tests look for it everywhere.
  const { code, code_verifier, refresh_token } = ctx.oidc.params;
  const all = [code, code_verifier, refresh_token, ctx.body.access_token, ctx.body.refresh_token, ctx.body.id_token];
  if (process.env.PROVIDER_SECRETS) appendFileSync(process.env.PROVIDER_SECRETS, all.filter(Boolean).join('\n') + '\n');
});
provider.on('server_error', (_ctx, error) => console.error(error));
provider.listen(port, '127.0.0.1', () => console.error('up'));
