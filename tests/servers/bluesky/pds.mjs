// Bluesky's own server and a directory of identities, on loopback. What they hold outlives a
// restart. One JSON line says where they are as soon as they answer.
//   node pds.mjs --port N --plc-port N --view-port N --data DIR --secret TEXT [--rate-limits]
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { PDS, envToCfg, envToSecrets } from '@atproto/pds'
const { PlcServer, Database } = createRequire(import.meta.url)('@did-plc/server')

const text = { type: 'string' }
const { values: given } = parseArgs({
  options: {
    port: text,
    'plc-port': text,
    'view-port': text,
    data: text,
    secret: text,
    'rate-limits': { type: 'boolean', default: false },
  },
})

// Both servers listen on every address, and neither has an option against it.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (where, ...rest) {
  const on = typeof where === 'number' ? { port: where, host: '127.0.0.1' } : where
  return listen.call(this, on, ...rest)
}

// An app has an https address, and a name: https://app-8000.internal is port 8000 of this machine.
const fetchFromAfar = globalThis.fetch
globalThis.fetch = function (what, how) {
  const url = what instanceof Request ? what.url : String(what)
  const [, port, rest] = url.match(/^https:\/\/app-(\d+)\.internal(\/.*)$/) ?? []
  return port ? fetchFromAfar(`http://127.0.0.1:${port}${rest}`) : fetchFromAfar(what, how)
}

// The directory forgets everything when it ends; what it took is written down and told again.
async function rememberingDirectory(file) {
  const directory = Database.mock()
  const take = directory.validateAndAddOp.bind(directory)
  const past = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  for (const line of past) {
    const { did, operation } = JSON.parse(line)
    await take(did, operation)
  }
  directory.validateAndAddOp = async (did, operation) => {
    await take(did, operation)
    appendFileSync(file, JSON.stringify({ did, operation }) + '\n')
  }
  return directory
}

// The same after a restart, or its tokens and its identities would be worth nothing.
const key = (purpose) => createHash('sha256').update(`${purpose} ${given.secret}`).digest('hex')

const plc = PlcServer.create({
  db: await rememberingDirectory(path.join(given.data, 'directory.jsonl')),
  port: Number(given['plc-port']),
})
await plc.start()

// The network's view of posts, as far as the tests need one: what is on the server, with the counts
// that it was told (PUT /counts). Whoever asks it comes with the server's word for them.
const counts = new Map()
const post = async (uri) => {
  const [repo, collection, rkey] = uri.replace('at://', '').split('/')
  const query = new URLSearchParams({ repo, collection, rkey })
  const found = await fetchFromAfar(
    `http://localhost:${given.port}/xrpc/com.atproto.repo.getRecord?${query}`,
  )
  if (!found.ok) return null
  const { cid, value } = await found.json()
  const none = { replyCount: 0, repostCount: 0, likeCount: 0, quoteCount: 0 }
  const author = { did: repo, handle: 'handle.invalid' }
  const indexedAt = new Date().toISOString()
  return { uri, cid, author, record: value, indexedAt, ...none, ...counts.get(uri) }
}
const view = createServer(async (request, answer) => {
  const { pathname, searchParams } = new URL(request.url, 'http://view')
  const say = (status, body) => {
    answer.writeHead(status, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(body))
  }
  if (request.method === 'PUT' && pathname === '/counts') {
    let body = ''
    for await (const piece of request) body += piece
    const { uri, ...told } = JSON.parse(body)
    counts.set(uri, told)
    return say(200, {})
  }
  if (!request.headers.authorization) return say(401, { error: 'AuthenticationRequired' })
  if (pathname !== '/xrpc/app.bsky.feed.getPosts') return say(404, { error: 'NotFound' })
  const uris = searchParams.getAll('uris')
  if (uris.length > 25) return say(400, { error: 'InvalidRequest' })
  say(200, { posts: (await Promise.all(uris.map(post))).filter(Boolean) })
})
view.listen(Number(given['view-port']))

const settings = {
  devMode: true,
  hostname: 'localhost', // an address in numbers is refused
  port: Number(given.port),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  dataDirectory: given.data,
  blobstoreDiskLocation: path.join(given.data, 'blobs'),
  blobstoreDiskTmpLocation: path.join(given.data, 'blobs-on-their-way'),
  didPlcUrl: `http://localhost:${given['plc-port']}`,
  enableDidDocWithSession: true,
  bskyAppViewUrl: `http://localhost:${given['view-port']}`,
  bskyAppViewDid: 'did:web:view.test',
  crawlers: [],
  trustedOAuthClients: [],
  handleBackupNameservers: [],
  rateLimitsEnabled: given['rate-limits'],
  rateLimitBypassIps: [],
  jwtSecret: given.secret,
  dpopSecret: key('dpop'),
  adminPassword: key('admin'),
  plcRotationKeyK256PrivateKeyHex: key('rotation'),
}
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings))
await pds.start()
console.log(JSON.stringify({ service: `http://localhost:${given.port}`, plc: settings.didPlcUrl }))

process.on('SIGTERM', async () => {
  await pds.destroy()
  await plc.destroy()
  view.close()
  process.exit(0)
})
