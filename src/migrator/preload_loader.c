#include "migrator/preload_loader.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/child_environment.h"
#include "base/memory.h"
#include "base/text.h"
#include "migrator/preload_program.h"
#include "suite/suite_migrator.h"

static const int patience = 30000; /* ms, to load everything */
enum { LONGEST_WHY = 200 };

bool preload_loader_fits(const struct preload_loading *loading)
{
    const char *slash = strrchr(loading->program->interpreter, '/');
    const char *name = slash ? slash + 1 : loading->program->interpreter;
    size_t stem = strcspn(loading->preload->loader, ".");
    return strncmp(name, loading->preload->loader, stem) == 0 &&
           !name[stem + strspn(name + stem, "0123456789.")];
}

struct becoming {
    const char *directory;
    char *command;
    char **environment;
    int channel, noise;
};

/* In the child, after fork: only async-signal-safe calls. As a command of a migrator is started. */
static void become(void *context)
{
    const struct becoming *b = context;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(b->noise, STDOUT_FILENO) < 0 ||
        dup2(b->noise, STDERR_FILENO) < 0 || fcntl(b->channel, F_SETFD, 0) != 0 ||
        chdir(b->directory) != 0)
        _exit(126);
    char *const arguments[] = {(char *)"sh", (char *)"-c", b->command, NULL};
    execve("/bin/sh", arguments, b->environment);
    _exit(126);
}

static void put_word(struct text *t, const char *word)
{
    text_append(t, t->length ? " " : "");
    text_append_word(t, word);
}

static char *command_for(const struct preload_loading *loading, int channel)
{
    const struct preload_program *program = loading->program;
    struct text t = {0};
    text_append(&t, "exec");
    char *loader = memory_format("%s/%s", loading->loaders, loading->preload->loader);
    put_word(&t, program->interpreter);
    if (program->option)
        put_word(&t, program->option);
    put_word(&t, loader);
    text_append_format(&t, " %d", channel);
    put_word(&t, loading->library);
    put_word(&t, program->arguments[0]);
    for (unsigned i = 0; i < loading->preload->module_count; i++)
        put_word(&t, loading->preload->modules[i]);
    free(loader);
    return text_detach(&t);
}

/* NULL once it is ready, else why it is not. */
static char *wait_for(int channel, int noise, const struct cancel *cancel)
{
    char byte, why[LONGEST_WHY + 1];
    struct pollfd fds[2] = {{.fd = channel, .events = POLLIN},
                            {.fd = cancel ? cancel->fd : -1, .events = POLLIN}};
    struct pollfd heard = {.fd = noise, .events = POLLIN};
    if (poll(fds, 2, patience) <= 0 || !fds[0].revents)
        return memory_copy_of("it was not loaded in time");
    bool ready = recv(channel, &byte, 1, 0) == 1;
    ssize_t got = poll(&heard, 1, 0) > 0 ? read(noise, why, LONGEST_WHY) : 0;
    if (ready && got <= 0)
        return NULL;
    why[got > 0 ? got : 0] = '\0';
    char *line = text_one_line(why), *said = memory_format("it said: %s", line);
    free(line);
    return said;
}

static bool open_ways(int channels[2], int noises[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channels) != 0)
        return false;
    if (pipe2(noises, O_CLOEXEC) == 0)
        return true;
    close(channels[0]);
    close(channels[1]);
    return false;
}

char *preload_loader_start(struct preload_loader *loader, const struct preload_loading *loading,
                           const struct cancel *cancel)
{
    int channels[2], noises[2];
    if (!open_ways(channels, noises))
        return memory_copy_of("no socket can be had");
    struct becoming b = {loading->directory, command_for(loading, channels[1]),
                         child_environment(SEES_ALL, loading->environment), channels[1], noises[1]};
    struct keeper_work work = {.become = become, .context = &b, .outlives_thread = true};
    bool started = keeper_start(&loader->keeper, &work);
    close(channels[1]);
    close(noises[1]);
    free(b.command);
    free(b.environment);
    loader->channel = channels[0];
    char *why = started ? wait_for(channels[0], noises[0], cancel)
                        : memory_copy_of("no process can be had");
    close(noises[0]);
    if (!started)
        close(channels[0]), loader->channel = -1;
    else if (why)
        preload_loader_end(loader);
    return why;
}

void preload_loader_end(struct preload_loader *loader)
{
    if (loader->channel < 0)
        return;
    close(loader->channel);
    loader->channel = -1;
    kill(-loader->keeper.command, SIGKILL);
    kill(loader->keeper.pid, SIGCONT); /* nobody but us has any business with the keeper */
    keeper_wait(&loader->keeper);
}
