/*
 * Preloaded into pgrehearse, it lets one call fail: of the functions of a kind, the n-th that the
 * program and its children of the same name make. NTH_CALL=KIND:N:FILE in the environment; FILE
 * holds a struct tally, shared by all of them. With N = 0 calls are only counted. Where KIND is INT
 * or TERM, the program gets that signal at the n-th call of any kind but malloc, and the call
 * succeeds.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct tally {
    unsigned long calls;
    unsigned long program; /* the process that is not a child of the same name */
};

enum kind { NONE, MALLOC, OPEN, WRITE, FSYNC, FORK, THREAD, CONNECT, UNLINK, POLL, INT, TERM };

static const char *const kinds[] = {"none",   "malloc",  "open",   "write", "fsync", "fork",
                                    "thread", "connect", "unlink", "poll",  "INT",   "TERM"};
static enum kind watched;
static unsigned long wanted;
static struct tally *tally;

__attribute__((constructor)) static void begin(void)
{
    const char *given = getenv("NTH_CALL");
    char kind[16], path[400];
    unsigned long number;
    if (!given || strncmp(program_invocation_short_name, "pgrehearse", 10) != 0 ||
        sscanf(given, "%15[^:]:%lu:%399s", kind, &number, path) != 3)
        return;
    int fd = open(path, O_RDWR);
    void *shared =
        fd >= 0 ? mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (shared == MAP_FAILED)
        return;
    tally = shared;
    if (!tally->program)
        tally->program = (unsigned long)getpid();
    wanted = number;
    for (size_t i = 1; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            watched = (enum kind)i;
}

static bool fails(enum kind kind, int reason)
{
    bool signals = watched >= INT;
    if (!tally || (signals ? kind == MALLOC : kind != watched) ||
        __atomic_add_fetch(&tally->calls, 1, __ATOMIC_RELAXED) != wanted)
        return false;
    if (signals)
        kill((pid_t)tally->program, watched == INT ? SIGINT : SIGTERM);
    else
        errno = reason;
    return !signals;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *malloc(size_t size)
{
    return fails(MALLOC, ENOMEM) ? NULL : __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
    return fails(MALLOC, ENOMEM) ? NULL : __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
    return fails(MALLOC, ENOMEM) ? NULL : __libc_realloc(old, size);
}

#define OPENER(name)                                                                               \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = va_arg(rest, mode_t);                                                        \
        va_end(rest);                                                                              \
        return fails(OPEN, EMFILE) ? -1 : REAL(name)(path, flags, mode);                           \
    }
#define OPENER_AT(name)                                                                            \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = va_arg(rest, mode_t);                                                        \
        va_end(rest);                                                                              \
        return fails(OPEN, EMFILE) ? -1 : REAL(name)(folder, path, flags, mode);                   \
    }
OPENER(open)
OPENER(open64)
OPENER_AT(openat)
OPENER_AT(openat64)
FILE *fopen(const char *path, const char *mode)
{
    return fails(OPEN, EMFILE) ? NULL : REAL(fopen)(path, mode);
}
FILE *fopen64(const char *path, const char *mode)
{
    return fails(OPEN, EMFILE) ? NULL : REAL(fopen64)(path, mode);
}
ssize_t write(int fd, const void *bytes, size_t count)
{
    return fails(WRITE, ENOSPC) ? -1 : REAL(write)(fd, bytes, count);
}
/* What stdio writes, it writes at last here. */
int fflush(FILE *file)
{
    return fails(WRITE, ENOSPC) ? EOF : REAL(fflush)(file);
}
int fclose(FILE *file)
{
    bool failing = fails(WRITE, ENOSPC);
    int result = REAL(fclose)(file);
    if (failing)
        errno = ENOSPC;
    return failing ? EOF : result;
}
int fsync(int fd)
{
    return fails(FSYNC, EIO) ? -1 : REAL(fsync)(fd);
}
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return fails(POLL, ENOMEM) ? -1 : REAL(poll)(fds, count, timeout);
}
pid_t fork(void)
{
    return fails(FORK, EAGAIN) ? -1 : REAL(fork)();
}
int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return fails(CONNECT, ECONNREFUSED) ? -1 : REAL(connect)(fd, address, length);
}
int unlink(const char *path)
{
    return fails(UNLINK, EROFS) ? -1 : REAL(unlink)(path);
}
int unlinkat(int folder, const char *path, int flags)
{
    return fails(UNLINK, EROFS) ? -1 : REAL(unlinkat)(folder, path, flags);
}
int pthread_create(unsigned long *thread, const void *attributes, void *(*run)(void *),
                   void *context)
{
    if (fails(THREAD, EAGAIN))
        return EAGAIN;
    return ((int (*)(unsigned long *, const void *, void *(*)(void *), void *))dlsym(
        RTLD_NEXT, "pthread_create"))(thread, attributes, run, context);
}
