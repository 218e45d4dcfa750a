#include "base/keeper.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

/* The command's status once it has ended; or SIGTERM came, since nobody waits for it any more. */
static int wait_for(pid_t command, const sigset_t *signals)
{
    siginfo_t how;
    while (!has_ended(command, &how))
        if (sigwaitinfo(signals, NULL) == SIGTERM)
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

static _Noreturn void become_command(int way, const sigset_t *old, void (*become)(void *),
                                     void *context)
{
    pid_t keeper = getppid();
    close(way);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(127);
    sigprocmask(SIG_SETMASK, old, NULL);
    become(context);
    _exit(126);
}

static _Noreturn void become_keeper(pid_t parent, int way, bool daemons_may_stay,
                                    void (*become)(void *), void *context)
{
    sigset_t signals, old;
    sigfillset(&signals);
    sigprocmask(SIG_SETMASK, &signals, &old);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    setpgid(0, 0); /* what is sent to our group or theirs does not mean it */
    if (!daemons_may_stay)
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "pgr-keeper");
    pid_t command = fork();
    if (command == 0)
        become_command(way, &old, become, context);
    int answer = command < 0 ? -errno : command;
    if (command > 0)
        setpgid(command, command); /* whichever of the two comes first */
    if (write(way, &answer, sizeof answer) != sizeof answer || command < 0)
        _exit(127);
    keep(command, way, daemons_may_stay, &signals);
}

/* Back in our own process. */

static bool read_number(int fd, int *number)
{
    ssize_t got;
    while ((got = read(fd, number, sizeof *number)) < 0 && errno == EINTR)
        ;
    return got == sizeof *number;
}

static void bury(struct keeper *k)
{
    while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(k->way);
    k->way = -1;
}

bool keeper_start(struct keeper *k, bool daemons_may_stay, void (*become)(void *context),
                  void *context)
{
    int ways[2], answer = -ECHILD;
    *k = (struct keeper){.way = -1};
    if (pipe2(ways, O_CLOEXEC) != 0)
        return false;
    pid_t parent = getpid();
    k->pid = fork();
    if (k->pid == 0)
        become_keeper(parent, ways[1], daemons_may_stay, become, context);
    int saved = errno;
    close(ways[1]);
    k->way = ways[0];
    if (k->pid < 0) {
        close(k->way);
        k->way = -1;
        errno = saved;
        return false;
    }
    if (!read_number(k->way, &answer) || answer < 0) {
        bury(k);
        errno = -answer;
        return false;
    }
    k->command = answer;
    return true;
}

int keeper_wait(struct keeper *k)
{
    int status;
    if (!read_number(k->way, &status))
        status = SIGKILL;
    bury(k);
    return status;
}
