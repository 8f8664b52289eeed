/** The networks that are measured, as texts. */

/** One repository wants all, one nothing: `a` of spec/sim.md section 13. */
export function pair(files: number): string {
  return [
    'seed 1',
    'init a',
    'init b',
    'connect a <-> b',
    'wanted a nothing',
    'wanted b anything',
    `addmulti ${files} .x 1MB 10MB a`,
    'stepstable 1000000000',
    '',
  ].join('\n');
}

/** All are connected and want all, one has all: `b` of that section. */
export function mesh(repositories: number, files: number): string {
  const names = Array.from({ length: repositories }, (_, index) => `r${index}`);
  const links = names.flatMap((name, index) =>
    names.slice(index + 1).map((other) => `connect ${name} <-> ${other}`),
  );
  return [
    'seed 1',
    ...names.map((name) => `init ${name}`),
    ...links,
    ...names.map((name) => `wanted ${name} anything`),
    `addmulti ${files} .x 1MB 10MB r0`,
    'stepstable 1000000000',
    '',
  ].join('\n');
}

/** The same, where the ways from the one that has all take time. */
export function timedMesh(repositories: number, files: number): string {
  const others = Array.from({ length: repositories - 1 }, (_, index) => `r${index + 1}`);
  const speeds = others.map((name) => `speed r0 <-> ${name} 100MB/s 5ms\n`).join('');
  return mesh(repositories, files).replace('stepstable 1000000000', `${speeds}waitstable 365d`);
}

/** A line for each file, as a log has them. */
export function manyAdds(files: number): string {
  const lines = ['init a', 'wanted a anything'];
  for (let file = 0; file < files; file += 1) {
    lines.push(`add d${file % 100}/file${file}.x ${file % 1000}kB a`);
  }
  return `${lines.join('\n')}\n`;
}

/** All repositories but one hold all files, and all know it of all: the most that views can hold. */
export function allKnowAll(repositories: number, files: number): string {
  const names = Array.from({ length: repositories }, (_, index) => `r${index}`);
  const others = names.slice(1);
  return [
    'seed 1',
    ...names.map((name) => `init ${name}`),
    ...others.map((name) => `connect r0 <-> ${name}`),
    ...names.map((name) => `wanted ${name} anything`),
    `addmulti ${files} .x 1MB 10MB ${names.slice(0, -1).join(' ')}`,
    ...others.map((name) => `action r0 gitpull ${name}`),
    ...others.map((name) => `action r0 gitpush ${name}`),
    '',
  ].join('\n');
}
