// A policy that OPA compiled to WebAssembly decides the workload on Node: run.mjs POLICY.wasm FOLDER, the folder being one that
// `bench_doors --write` wrote (tests/bench/workload). The tenants are its data. Prints a line of JSON for each way in; every decision is compared
// with the one expected, and one that differs ends the program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { loadPolicy } = require('@open-policy-agent/opa-wasm');

const [compiled, folder] = process.argv.slice(2);
const passes = 5, seconds = 2;  // how long a pass over the stream may take; a longer stream is cut there

const lines = (name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
const numbers = (texts) => texts.map(Number);

// A tenant as sign_in.rego reads it.
function tenantOf([, open, close, networks, domains, passwords, connections, clients]) {
  const rules = passwords.split(',').map((text) => numbers(text.split(':')));
  const ways = connections.split(',').map((text) => text.split(':'));
  return {
    open: +open, close: +close, networks: networks.split(','),
    domains: Object.fromEntries(domains.split(',').map((domain) => [domain, true])),
    connections: Object.fromEntries(ways.map(([id, kind, place]) =>
      [id, +place < 0 ? { kind } : { kind, shortest: rules[+place][0], oldest: rules[+place][1] }])),
    clients: Object.fromEntries(clients.split(',').map((text) => {
      const [id, places] = text.split(':');
      return [id, Object.fromEntries(numbers(places.split('.')).map((place) => [ways[place][0], true]))];
    })),
  };
}

// A sign-in as a login service has it.
function signInOf([tenant, client, connection, ip, email, groups, mfa, hour, length, age, allowed]) {
  return { tenant, client, connection, ip, email, groups: groups === '' ? [] : groups.split(','), mfa: mfa === '1',
    hour: +hour, length: +length, age: +age, allowed: allowed === '1' };
}

const inputOf = ({ tenant, client, connection, ip, email, groups, mfa, hour, length, age }) =>
  ({ tenant, client, connection, ip, domain: email.slice(email.lastIndexOf('@') + 1), groups, mfa, hour, length, age });

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const clock = () => Number(process.hrtime.bigint());
function processor() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function measure(stream, decide) {
  // The first pass compares, says how much of the stream fits the time, and warms up.
  let decided = 0, expected = 0;
  for (const began = clock(); decided < stream.length && clock() - began < seconds * 1e9; ++decided) {
    const allowed = decide(decided);
    if (allowed !== stream[decided].allowed) throw new Error(`sign-in ${decided + 1} is decided differently: allowed is ${allowed}`);
    expected += allowed ? 1 : 0;
  }
  const byClock = [], ofProcessor = [];
  for (let pass = 0; pass < passes; ++pass) {
    const began = clock(), spent = processor();
    let allowed = 0;
    for (let place = 0; place < decided; ++place) allowed += decide(place) ? 1 : 0;
    byClock.push((clock() - began) / decided);
    ofProcessor.push((processor() - spent) / decided);
    if (allowed !== expected) throw new Error('a later pass decides differently');
  }
  const single = new Float64Array(decided);
  for (let place = 0; place < decided; ++place) {
    const began = clock();
    decide(place);
    single[place] = clock() - began;
  }
  single.sort();
  const at = (hundredth) => single[Math.floor((decided - 1) * hundredth / 100)];
  return { decided, mean_ns: median(byClock), processor_ns: median(ofProcessor), p50: at(50), p99: at(99) };
}

const tenants = lines('tenants.tsv'), stream = lines('requests.tsv').map(signInOf);
const lock = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url)));
const { version } = lock.packages['node_modules/@open-policy-agent/opa-wasm'];
// The data is what lies between two ends of the heap; pages of 64 KiB are asked for that hold some of it to begin with.
const began = clock();
const policy = await loadPolicy(readFileSync(compiled), { initial: 64 + Math.ceil(tenants.length / 2) });
const empty = policy.dataHeapPtr;
policy.setData({ tenants: Object.fromEntries(tenants.map((columns) => [columns[0], tenantOf(columns)])) });
const load_s = (clock() - began) / 1e9, bytes = policy.dataHeapPtr - empty;

const decide = (input) => policy.evaluate(input)[0].result === true;
const text = new TextEncoder();
const ready = stream.map((asked) => text.encode(JSON.stringify(inputOf(asked))).buffer);
for (const [way, ask] of [['request ready', (place) => decide(ready[place])],
                          ['request built', (place) => decide(inputOf(stream[place]))]]) {
  const variant = `tenants as data, ${way}`;
  const row = { peer: 'OPA as wasm, opa-wasm', version, variant, tenants: tenants.length, ...measure(stream, ask), load_s, bytes };
  console.log(JSON.stringify(row));
}
