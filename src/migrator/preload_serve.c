#include "migrator/preload_serve.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/keeper.h"
#include "migrator/confinement.h"
#include "migrator/preload_request.h"

enum { CANNOT_BEGIN = 126, HIGHEST_FD = 65536, MOST_INHERITED = 64 };

static struct preload_interpreter interpreter;
static int server = -1; /* the socket by which requests come */
static int inherited[MOST_INHERITED], inherited_count;
static jmp_buf back; /* to the interpreter, in a child whose program has failed */

struct beginning {
    struct preload_request request;
    int files[PRELOAD_FILES];
    int ready[2];
};

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The open files beside the streams and the channel; false if they are too many. */
static bool list_inherited(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        int fd =
            isdigit((unsigned char)entry->d_name[0]) ? (int)strtol(entry->d_name, NULL, 10) : -1;
        if (fd <= STDERR_FILENO || fd == server || fd == dirfd(folder))
            continue;
        if (count < MOST_INHERITED)
            inherited[count] = fd;
        count++;
    }
    if (!folder || closedir(folder) != 0 || count > MOST_INHERITED)
        return false;
    qsort(inherited, (size_t)count, sizeof *inherited, by_number);
    inherited_count = count;
    return true;
}

void preload_ready(int channel, const struct preload_interpreter *i)
{
    interpreter = *i;
    server = channel;
    fcntl(channel, F_SETFD, FD_CLOEXEC);
    if (list_inherited())
        (void)!send(channel, "", 1, MSG_NOSIGNAL);
}

static void close_between(int first, int last)
{
    if (first <= last && syscall(SYS_close_range, first, last, 0) != 0)
        for (int fd = first; fd <= last && fd < HIGHEST_FD; fd++)
            close(fd);
}

/* A fresh process has its streams and what all of us have inherited. */
static void close_others(int kept)
{
    int next = STDERR_FILENO + 1;
    for (int i = 0; i < inherited_count; i++) {
        int fd = inherited[i];
        if (next <= kept && kept < fd) {
            close_between(next, kept - 1);
            next = kept + 1;
        }
        close_between(next, fd - 1);
        next = fd + 1;
    }
    if (next <= kept) {
        close_between(next, kept - 1);
        next = kept + 1;
    }
    close_between(next, INT_MAX);
}

static bool take_streams(struct beginning *b)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
           dup2(b->files[PRELOAD_OUT], STDOUT_FILENO) >= 0 &&
           dup2(b->files[PRELOAD_ERR], STDERR_FILENO) >= 0;
}

/* The kernel names a process after the program's file. */
static void take_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    prctl(PR_SET_NAME, slash ? slash + 1 : path);
}

/*
 * A fresh process of another account than root has lost, by becoming its program, what it could do
 * in its own namespaces (capabilities(7), "Transformation of capabilities during execve()").
 */
static bool lose_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    if (geteuid() == 0)
        return true;
    if (syscall(SYS_capget, &head, sets) != 0)
        return false;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        sets[i].effective = sets[i].permitted = 0;
    for (int i = 0; i <= CAP_LAST_CAP; i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
            sets[i / 32].effective = sets[i / 32].permitted |= 1u << (i % 32);
    return syscall(SYS_capset, &head, sets) == 0;
}

static bool begin(struct beginning *b)
{
    struct preload_request *r = &b->request;
    bool good = take_streams(b);
    close_others(b->ready[1]);
    return good && chdir(r->directory) == 0 &&
           (!r->confined || confinement_enter(&r->confinement)) && lose_capabilities() &&
           interpreter.prepare(r->arguments, r->variables);
}

/* In the process of the command. */
static void run_program(void *context)
{
    struct beginning *b = context;
    if (!begin(b))
        _exit(CANNOT_BEGIN);
    const char *name = b->request.arguments[0];
    FILE *program = fopen(name, "re");
    if (!program || write(b->ready[1], "", 1) != 1)
        _exit(CANNOT_BEGIN);
    close(b->ready[1]);
    take_name(name);
    if (interpreter.run(program, name, 1, NULL) == 0)
        interpreter.leave(0);
    longjmp(back, 1);
}

static void serve_one(struct beginning *b, pid_t parent)
{
    struct keeper_work work = {.become = run_program, .context = b};
    if (pipe2(b->ready, O_CLOEXEC) != 0)
        _exit(CANNOT_BEGIN);
    keeper_serve(parent, b->files[PRELOAD_WAY], b->ready, interpreter.fork, &work);
}

int preload_serve(void *first, void *second, void *third)
{
    (void)first, (void)second, (void)third;
    static struct beginning b;
    pid_t self = getpid();
    if (setjmp(back) != 0)
        return -1;
    while (preload_request_receive(server, &b.request, b.files)) {
        if (fork() == 0)
            serve_one(&b, self);
        for (int i = 0; i < PRELOAD_FILES; i++)
            close(b.files[i]);
        preload_request_release(&b.request);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
    _exit(0);
}
