import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A library between programs and libc: syncs of files below SLOW_BELOW take 2 s while SLOW_WHILE exists. */
const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void dawdle(int fd) {
  const char *below = getenv("SLOW_BELOW"), *flag = getenv("SLOW_WHILE");
  char link[64], path[PATH_MAX];
  if (!below || !flag || access(flag, F_OK) != 0) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  if (strncmp(path, below, strlen(below)) == 0) sleep(2);
}

#define SLOW(name) \\
  int name(int fd) { \\
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name); \\
    dawdle(fd); \\
    return real(fd); \\
  }
SLOW(fsync)
SLOW(fdatasync)
SLOW(syncfs)
`;

/** Makes each fsync below a directory take two seconds, for the programs that run in its environment. */
export class SlowSync {
  readonly environment: NodeJS.ProcessEnv;
  readonly #flag: string;

  constructor(place: string, below: string) {
    const library = join(place, 'slow-sync.so');
    if (!existsSync(library)) {
      const text = join(place, 'slow-sync.c');
      writeFileSync(text, source);
      execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, text, '-ldl']);
    }
    this.#flag = join(place, 'slow');
    this.environment = { LD_PRELOAD: library, SLOW_BELOW: below, SLOW_WHILE: this.#flag };
  }

  begin(): void {
    writeFileSync(this.#flag, '');
  }

  end(): void {
    rmSync(this.#flag, { force: true });
  }
}
