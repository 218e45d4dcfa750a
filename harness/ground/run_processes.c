#include "ground/run_processes.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

const char run_id_variable[] = "PGREHEARSE_RUN";

static const double patience = 3.0; /* seconds for an immediate shutdown */

/* Whether the process carries the run's id in its environment. */
static bool is_marked(const char *pid, const char *wanted)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
    struct text environment = {0};
    bool found = false;
    if (text_read_file(&environment, path, 4u << 20)) {
        const char *p = text_string(&environment), *end = p + environment.length;
        for (; p < end && !found; p += strlen(p) + 1)
            found = strcmp(p, wanted) == 0;
    }
    text_release(&environment);
    return found;
}

/* Whether it is a server process of the cluster at `data`, also when that has been deleted. */
static bool serves(const char *pid, const char *data)
{
    char path[64], folder[512], name[32] = "";
    snprintf(path, sizeof path, "/proc/%.20s/cwd", pid);
    ssize_t length = readlink(path, folder, sizeof folder - 1);
    if (length < 0)
        return false;
    folder[length] = '\0';
    size_t wanted = strlen(data);
    if (strncmp(folder, data, wanted) != 0 ||
        (folder[wanted] && strcmp(folder + wanted, " (deleted)") != 0))
        return false;
    snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
    FILE *file = fopen(path, "re");
    bool good = file && fgets(name, sizeof name, file) && strcmp(name, "postgres\n") == 0;
    if (file)
        fclose(file);
    return good;
}

/* Sends its signal to every process of the run; returns how many there are. */
static size_t signal_all(const char *mark, const char *data, int for_servers)
{
    size_t count = 0;
    DIR *proc = opendir("/proc");
    if (!proc)
        return 0;
    for (struct dirent *entry; (entry = readdir(proc));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        bool server = serves(entry->d_name, data);
        if (pid == getpid() || (!server && !is_marked(entry->d_name, mark)))
            continue;
        kill(pid, server ? for_servers : SIGKILL);
        count++;
    }
    closedir(proc);
    return count;
}

void run_processes_end(const char *id, const char *folder)
{
    char *mark = memory_format("%s=%s", run_id_variable, id);
    char *data = memory_format("%s/data", folder);
    double started = clock_seconds();
    int sig = SIGQUIT; /* the immediate shutdown of a server (manual, 19.5) */
    while (signal_all(mark, data, sig) > 0 && clock_seconds() < started + 2 * patience) {
        if (clock_seconds() > started + patience)
            sig = SIGKILL;
        usleep(10000);
    }
    free(mark);
    free(data);
}

/*
 * Those that were attached to it may still be dying. A segment of another account than the
 * cluster's is not the cluster's, whatever its postmaster.pid says.
 */
static void remove_segment(int id, uid_t owner)
{
    struct shmid_ds status;
    for (int attempt = 0; attempt < 100 && shmctl(id, IPC_STAT, &status) == 0; attempt++) {
        if (status.shm_perm.uid != owner && status.shm_perm.cuid != owner)
            return;
        if (status.shm_nattch == 0)
            shmctl(id, IPC_RMID, NULL);
        else
            usleep(10000);
    }
}

void run_processes_remove_memory(const char *data)
{
    char *path = memory_format("%s/postmaster.pid", data);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    struct stat status;
    free(path);
    if (!file || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        if (file)
            fclose(file);
        else if (fd >= 0)
            close(fd);
        return;
    }
    char line[256];
    unsigned long key;
    int id;
    for (int number = 1; fgets(line, sizeof line, file); number++)
        if (number == 7 && sscanf(line, "%lu %d", &key, &id) == 2)
            remove_segment(id, status.st_uid);
    fclose(file);
}
