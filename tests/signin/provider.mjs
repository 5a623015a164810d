// A real OpenID provider (oidc-provider from npm) for the tests, configured by one JSON file.
//
// It reads orders from standard input, one JSON object a line, and answers each with a line of its own:
//   {"keys": […]}   sign with these private keys (JWK) from now on; sessions go on
// At its end of file it stops.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { Provider, errors } from 'oidc-provider';

// Standard output is for our answers alone; what the provider has to say of itself goes to the log.
console.info = console.error;
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));

// What the provider remembers outlives a change of its keys: each `Provider` has them for good.
const kept = new Map();
const grants = new Map();

class Memory {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    kept.set(this.key(id), payload);
    if (payload.grantId) {
      grants.set(payload.grantId, [...(grants.get(payload.grantId) ?? []), this.key(id)]);
    }
  }

  async find(id) {
    return kept.get(this.key(id));
  }

  async findByUid(uid) {
    return [...kept.values()].find((payload) => payload.uid === uid);
  }

  async consume(id) {
    kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    kept.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) ?? []) kept.delete(key);
  }
}

function provider(keys) {
  const made = new Provider(config.issuer, {
    adapter: Memory,
    clients: config.clients,
    jwks: { keys },
    cookies: { keys: ['a key for cookies that nobody keeps'] },
    scopes: ['openid', 'offline_access', 'user:org:read'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: config.seconds, IdToken: 3600, AuthorizationCode: 60, RefreshToken: 86400, Grant: 86400 },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: `Person ${sub}`, email: `${sub}@example.com` }),
    }),
    // Clerk's access tokens name the chosen organisation by its id.
    extraTokenClaims: (_ctx, token) => config.claims[token.accountId],
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => config.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== config.audience) throw new errors.InvalidTarget();
          return { scope: 'user:org:read', audience: config.audience, accessTokenFormat: 'jwt' };
        },
      },
    },
  });
  return made.callback();
}

let answer = provider(config.keys);
const server = createServer((request, response) => answer(request, response));
server.listen(config.port, '127.0.0.1', () => tell({ listening: true }));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    answer = provider(JSON.parse(line).keys);
    tell({ done: true });
  })
  .on('close', () => process.exit(0));
