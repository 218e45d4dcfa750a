#include "base/keeper.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static const double patience = 5.0; /* seconds for what is killed to be gone */

struct answer {
    pid_t keeper, command; /* the command negative: errno */
};

enum { HIGHEST_FD = 65536, STAT_SIZE = 512, ENTRIES_SIZE = 8192 };

/* From here to keeper_start(): after fork, in a program of many threads, only async-signal-safe
   calls. */

/* The parent of a process, from /proc/PID/stat: "PID (any name) STATE PARENT …" (proc(5)). */
static pid_t parent_of(int proc, const char *pid)
{
    char content[STAT_SIZE + 1];
    int folder = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = openat(folder, "stat", O_RDONLY | O_CLOEXEC);
    if (folder >= 0)
        close(folder);
    ssize_t length = fd >= 0 ? read(fd, content, STAT_SIZE) : -1;
    if (fd >= 0)
        close(fd);
    content[length > 0 ? length : 0] = '\0';
    const char *name_end = strrchr(content, ')');
    if (!name_end || strlen(name_end) < 5)
        return 0;
    pid_t parent = 0;
    for (const char *p = name_end + 4; isdigit((unsigned char)*p); p++)
        parent = parent * 10 + (*p - '0');
    return parent;
}

static void kill_if_child(int proc, const char *name)
{
    pid_t pid = 0;
    for (const char *p = name; isdigit((unsigned char)*p); p++)
        pid = pid * 10 + (*p - '0');
    if (pid > 0 && parent_of(proc, name) == getpid())
        kill(pid, SIGKILL);
}

/* readdir(3) would allocate. */
static void kill_children(void)
{
    _Alignas(struct dirent64) char entries[ENTRIES_SIZE];
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long got;
    while (proc >= 0 && (got = syscall(SYS_getdents64, proc, entries, sizeof entries)) > 0)
        for (long at = 0; at < got;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(entries + at);
            kill_if_child(proc, entry->d_name);
            at += entry->d_reclen;
        }
    if (proc >= 0)
        close(proc);
}

/* Whether any child is left, after taking the dead ones. */
static bool has_children(void)
{
    pid_t got;
    while ((got = waitpid(-1, NULL, WNOHANG)) > 0)
        ;
    return got == 0;
}

/* Those that die hand their own children on to us: until there are none, or some refuse to die. */
static void end_what_is_left(const sigset_t *signals)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    double deadline = clock_seconds() + patience;
    while (has_children() && clock_seconds() < deadline) {
        kill_children();
        sigtimedwait(signals, NULL, &pause);
    }
}

/* Whether the command has ended, and how; it stays a zombie, so that its group keeps its number. */
static bool has_ended(pid_t command, siginfo_t *how)
{
    for (;;) {
        *how = (siginfo_t){0};
        if (waitid(P_ALL, 0, how, WEXITED | WNOHANG | WNOWAIT) != 0)
            return errno != EINTR;
        if (how->si_pid == 0 || how->si_pid == command)
            return how->si_pid == command;
        waitpid(how->si_pid, NULL, 0); /* somebody's orphan */
    }
}

/* A signal comes once nobody reads from it any more. */
static void hear_of_its_end(int way)
{
    fcntl(way, F_SETOWN, getpid());
    fcntl(way, F_SETFL, fcntl(way, F_GETFL) | O_ASYNC);
}

static bool nobody_reads(int way)
{
    struct pollfd fd = {.fd = way};
    return poll(&fd, 1, 0) > 0 && (fd.revents & POLLERR);
}

/* The command's status once it has ended; or SIGTERM or SIGIO came, since nobody waits for it any
   more. */
static int wait_for(pid_t command, const sigset_t *signals)
{
    siginfo_t how;
    hear_of_its_end(STDOUT_FILENO);
    while (!has_ended(command, &how))
        if (nobody_reads(STDOUT_FILENO) || sigwaitinfo(signals, NULL) == SIGTERM)
            return SIGKILL;
    if (how.si_pid != command) /* somebody else has taken it: how it ended nobody knows */
        return SIGKILL;
    return how.si_code == CLD_EXITED ? (how.si_status & 0xff) << 8 : how.si_status & 0x7f;
}

/* Nothing of ours stays open in it: neither locks nor pipes that somebody reads to their end. */
static void close_all_but(int kept)
{
    dup2(kept, STDIN_FILENO);
    dup2(kept, STDOUT_FILENO);
    dup2(kept, STDERR_FILENO);
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) != 0)
        for (int fd = STDERR_FILENO + 1; fd < HIGHEST_FD; fd++)
            close(fd);
}

static _Noreturn void keep(pid_t command, int way, bool daemons_may_stay, const sigset_t *signals)
{
    close_all_but(way);
    int status = wait_for(command, signals);
    kill(-command, SIGKILL); /* those of its group that it has left behind */
    (void)!write(STDOUT_FILENO, &status, sizeof status);
    if (!daemons_may_stay)
        end_what_is_left(signals);
    _exit(0);
}

static void become_command(pid_t keeper, int way, const sigset_t *old,
                           const struct keeper_work *work)
{
    close(way);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(127);
    sigprocmask(SIG_SETMASK, old, NULL);
    work->become(work->context);
    _exit(126);
}

/* Whether the command says that it has begun. */
static bool has_begun(const int ready[2])
{
    char byte;
    ssize_t got;
    if (ready[0] < 0)
        return true;
    close(ready[1]);
    while ((got = read(ready[0], &byte, 1)) < 0 && errno == EINTR)
        ;
    return got == 1;
}

static _Noreturn void become_keeper(pid_t parent, int way, const int ready[2],
                                    pid_t (*fork_command)(void), const struct keeper_work *work)
{
    sigset_t signals, old;
    sigfillset(&signals);
    sigprocmask(SIG_SETMASK, &signals, &old);
    if (!work->outlives_thread)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    setpgid(0, 0); /* what is sent to our group or theirs does not mean it */
    if (!work->daemons_may_stay)
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "pgr-keeper");
    signal(SIGCHLD, SIG_DFL); /* where it is ignored, no end of a child is heard of */
    pid_t keeper = getpid();
    pid_t command = fork_command();
    if (command == 0)
        become_command(keeper, way, &old, work);
    struct answer answer = {keeper, command < 0 ? -errno : command};
    if (command > 0)
        setpgid(command, command); /* whichever of the two comes first */
    if (command > 0 && !has_begun(ready)) {
        kill(-command, SIGKILL);
        answer.command = -ECHILD;
    }
    if (write(way, &answer, sizeof answer) != sizeof answer || answer.command < 0) {
        if (command > 0)
            kill(-command, SIGKILL);
        _exit(127);
    }
    keep(command, way, work->daemons_may_stay, &signals);
}

_Noreturn void keeper_serve(pid_t parent, int way, const int ready[2], pid_t (*fork_command)(void),
                            const struct keeper_work *work)
{
    become_keeper(parent, way, ready, fork_command, work);
}

/* Back in our own process. */

static bool read_whole(int fd, void *bytes, size_t size)
{
    ssize_t got;
    while ((got = read(fd, bytes, size)) < 0 && errno == EINTR)
        ;
    return got == (ssize_t)size;
}

static void bury(struct keeper *k)
{
    char byte;
    if (k->is_ours)
        while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    else
        while (read(k->way, &byte, 1) != 0 && errno == EINTR) /* it is open as long as it lives */
            ;
    close(k->way);
    k->way = -1;
}

bool keeper_meet(struct keeper *k, int way)
{
    struct answer answer = {0, -ECHILD};
    *k = (struct keeper){.way = way};
    if (read_whole(way, &answer, sizeof answer) && answer.command > 0) {
        k->pid = answer.keeper;
        k->command = answer.command;
        return true;
    }
    bury(k);
    errno = -answer.command;
    return false;
}

bool keeper_start(struct keeper *k, const struct keeper_work *work)
{
    int ways[2];
    *k = (struct keeper){.way = -1};
    if (pipe2(ways, O_CLOEXEC) != 0)
        return false;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_keeper(parent, ways[1], (int[2]){-1, -1}, fork, work);
    int saved = errno;
    close(ways[1]);
    if (pid < 0) {
        close(ways[0]);
        errno = saved;
        return false;
    }
    bool started = keeper_meet(k, ways[0]);
    saved = errno;
    k->is_ours = started;
    if (!started)
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    errno = saved;
    return started;
}

int keeper_wait(struct keeper *k)
{
    int status;
    if (!read_whole(k->way, &status, sizeof status))
        status = SIGKILL;
    bury(k);
    return status;
}
