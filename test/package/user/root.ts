import { formatFinding, lintExpression, parseExpression, parseKey, type Key } from 'ballast';

const key: Key | undefined = parseKey('WORM-s1-m2--name');
const text = 'inclde=*.mp3';
const findings = lintExpression(text).map((finding) => formatFinding(finding, text));
const parsed = parseExpression(text);
if (key?.sizeBytes !== 1n || parsed.kind !== 'problems' || findings.length !== 1)
  throw new Error(`ballast is not what it says: ${findings.join('\n')}`);
