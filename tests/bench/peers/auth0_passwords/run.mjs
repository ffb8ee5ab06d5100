// Auth0's own rule engine on the passwords of a file, one a line as JSON: for each of the five levels a line with the level,
// nanoseconds a check, and the verdicts as a string of 0 and 1. The engine's compiler has its warm-up before anything is timed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const policyNamed = require('password-sheriff');

const passwords = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
const warm_up = 20, rounds = 50;

for (const level of ['none', 'low', 'fair', 'good', 'excellent']) {
  const policy = policyNamed(level);
  let accepted = 0;
  const round = () => {
    for (const password of passwords) accepted += policy.check(password) ? 1 : 0;
  };
  for (let i = 0; i < warm_up; ++i) round();
  const began = process.hrtime.bigint();
  for (let i = 0; i < rounds; ++i) round();
  const spent = Number(process.hrtime.bigint() - began);
  if (accepted % (warm_up + rounds) !== 0) throw new Error('the engine contradicts itself');
  const verdicts = passwords.map((password) => (policy.check(password) ? '1' : '0')).join('');
  console.log(level, (spent / rounds / passwords.length).toFixed(1), verdicts);
}
