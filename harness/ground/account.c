#include "ground/account.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

enum { FIRST_NAMELESS = 61100, LAST_NAMELESS = 61183 };

static const off_t log_reserve = 128 << 10; /* bytes */

/* Whether our user namespace has the number: lines of first, first outside, count. */
static bool is_mapped(const char *map, unsigned number)
{
    FILE *file = fopen(map, "re");
    unsigned first, outside, count;
    bool mapped = !file; /* a kernel without user namespaces */
    while (file && !mapped && fscanf(file, "%u %u %u", &first, &outside, &count) == 3)
        mapped = number >= first && number - first < count;
    if (file)
        fclose(file);
    return mapped;
}

static bool has_name(unsigned number)
{
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;
    char buffer[4096];
    return getpwuid_r(number, &user, buffer, sizeof buffer, &found_user) != 0 || found_user ||
           getgrgid_r(number, &group, buffer, sizeof buffer, &found_group) != 0 || found_group;
}

static bool find_nameless(struct account *a)
{
    for (unsigned number = FIRST_NAMELESS; number <= LAST_NAMELESS; number++)
        if (is_mapped("/proc/self/uid_map", number) && is_mapped("/proc/self/gid_map", number) &&
            !has_name(number)) {
            *a = (struct account){.switches = true, .uid = number, .gid = number};
            return true;
        }
    return false;
}

static bool find_named(struct account *a, struct error *e)
{
    static const char *const names[] = {"postgres", "nobody"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct passwd entry, *found = NULL;
        char buffer[4096];
        int trouble = getpwnam_r(names[i], &entry, buffer, sizeof buffer, &found);
        if (trouble == EMFILE || trouble == ENFILE || trouble == ENOMEM)
            return error_set(e, ERROR_UNAVAILABLE, "cannot look up the account %s: %s", names[i],
                             strerror(trouble));
        if (trouble == 0 && found) {
            *a = (struct account){
                .switches = true, .uid = entry.pw_uid, .gid = entry.pw_gid, .shared = names[i]};
            return true;
        }
    }
    return error_set(e, ERROR_UNAVAILABLE,
                     "no account to run the server: root needs one named postgres or nobody");
}

bool account_find(struct account *a, struct error *e)
{
    *a = (struct account){.uid = geteuid(), .gid = getegid()};
    return a->uid != 0 || find_nameless(a) || find_named(a, e);
}

bool account_find_named(struct account *named, const struct account *a, struct error *e)
{
    *named = *a;
    if (!a->switches || a->shared)
        return true;
    bool good = find_named(named, e);
    named->beside = a->gid;
    return good;
}

/* The entries of the open folder, which is the account's own by now. */
static bool take_entries(const struct account *a, int fd)
{
    DIR *folder = fdopendir(fd);
    bool good = folder != NULL;
    if (!folder)
        close(fd);
    for (struct dirent *entry; good && (entry = readdir(folder));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        int own = dirfd(folder);
        int inner = openat(own, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0)
            good = fchown(inner, a->uid, a->gid) == 0 && take_entries(a, inner);
        else
            good = (errno == ENOTDIR || errno == ELOOP) &&
                   fchownat(own, name, a->uid, a->gid, AT_SYMLINK_NOFOLLOW) == 0;
    }
    if (folder)
        closedir(folder);
    return good;
}

bool account_take_over(const struct account *a, const char *path, struct error *e)
{
    if (!a->switches)
        return true;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool good = fd >= 0 && fchmod(fd, 0700) == 0 && fchown(fd, a->uid, a->gid) == 0;
    if (good)
        good = take_entries(a, fd);
    else if (fd >= 0)
        close(fd);
    return good ||
           error_set(e, ERROR_UNAVAILABLE, "%s: cannot be given to the server's account: %s", path,
                     strerror(errno));
}

bool account_make_folder(const struct account *a, const char *path, struct error *e)
{
    if ((mkdir(path, 0700) != 0 && errno != EEXIST) ||
        (a->switches && chown(path, a->uid, a->gid) != 0))
        return error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s", path, strerror(errno));
    return true;
}

/* In the child: only async-signal-safe calls, and none that returns. */
static _Noreturn void become(const struct account *a, char *const *argv, char *const *environment,
                             int log, int death_signal, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDONLY);
    if (setpgid(0, 0) != 0 || null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 ||
        dup2(log, 2) < 0 || chdir("/") != 0)
        _exit(126);
    const gid_t groups[] = {a->gid, a->beside};
    if (a->switches &&
        (setgroups(a->beside ? 2 : 1, groups) != 0 || setgid(a->gid) != 0 || setuid(a->uid) != 0))
        _exit(126);
    umask(077);
    if (a->cage && !server_cage_enter(a->cage))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, death_signal); /* after setuid, which clears it */
    if (getppid() != parent)
        _exit(126);
    execve(argv[0], argv, environment);
    _exit(127);
}

pid_t account_start(const struct account *a, const char *const *argv, const char *variable,
                    const char *log, int death_signal, struct error *e)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", log, strerror(errno));
        return -1;
    }
    /* beyond its end, so that a full disk can still be told (fallocate(2)); not all can do that */
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, log_reserve) != 0)
        errno = 0;
    /* nothing of ours that steers libpq or the server: only where programs are, and the mark */
    const char *path = getenv("PATH");
    char *path_variable = memory_format("PATH=%s", path ? path : "/usr/bin:/bin");
    char *const environment[] = {path_variable, (char *)"LC_ALL=C.UTF-8", (char *)"TZ=UTC",
                                 (char *)variable, NULL};
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(a, (char *const *)argv, environment, fd, death_signal, parent);
    if (pid < 0)
        error_set(e, ERROR_UNAVAILABLE, "cannot start %s: %s", argv[0], strerror(errno));
    else
        setpgid(pid, pid); /* whichever of the two comes first: a cancel ends the group */
    close(fd);
    free(path_variable);
    return pid;
}

/* The last line of the file that says something. */
static char *last_line(const char *path)
{
    struct text t = {0};
    text_read_file(&t, path, 1u << 20);
    char *string = text_detach(&t);
    size_t length = strlen(string);
    while (length > 0 && string[length - 1] == '\n')
        string[--length] = '\0';
    char *start = strrchr(string, '\n');
    char *line = memory_copy_of(start ? start + 1 : string);
    free(string);
    return line;
}

bool account_run(const struct account *a, const char *const *argv, const char *variable,
                 const char *log, const struct cancel *cancel, struct error *e)
{
    pid_t pid = account_start(a, argv, variable, log, SIGKILL, e);
    if (pid < 0)
        return false;
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        struct pollfd p = {.fd = cancel ? cancel->fd : -1, .events = POLLIN};
        if (poll(&p, 1, 5) > 0) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            return error_set(e, ERROR_INTERRUPTED, "interrupted");
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    char *line = last_line(log);
    if (WIFSIGNALED(status))
        error_set(e, ERROR_UNAVAILABLE, "%s was killed by signal %d (%s)%s%s", argv[0],
                  WTERMSIG(status), strsignal(WTERMSIG(status)), line[0] ? ": " : "", line);
    else
        error_set(e, ERROR_UNAVAILABLE, "%s exited with status %d%s%s", argv[0],
                  WEXITSTATUS(status), line[0] ? ": " : " and printed nothing", line);
    free(line);
    return false;
}
