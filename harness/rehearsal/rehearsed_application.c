#include "rehearsal/rehearsed_application.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* A port of the loopback that is free now; 0 if there is none. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &length) == 0)
        port = ntohs(address.sin_port);
    if (fd >= 0)
        close(fd);
    return port;
}

static void add(struct rehearsed_application *a, char *variable)
{
    *(char **)memory_append(&a->variables, &a->variable_count, sizeof *a->variables) = variable;
}

static void fill_variables(struct rehearsed_application *a, const struct run *run, const char *url)
{
    char *folder = realpath(run->ground.suite->folder, NULL);
    add(a, memory_format("APPLICATION_FOLDER=%s", folder ? folder : run->ground.suite->folder));
    add(a, memory_format("APPLICATION_STATE=%s", a->state));
    add(a, memory_format("APPLICATION_PORT=%d", free_port()));
    add(a, memory_format("APPLICATION_OWNER=%d", (int)getpid()));
    add(a, memory_format("DATABASE_URL=%s", url));
    add(a, memory_copy_of("PYTHONDONTWRITEBYTECODE=1"));
    if (run->ground.migrator.mark)
        add(a, memory_copy_of(run->ground.migrator.mark));
    add(a, NULL);
    free(folder);
}

static struct service service_of(const struct rehearsed_application *a)
{
    return (struct service){.deployment = a->deployment,
                            .variables = (const char *const *)a->variables,
                            .cancel = a->cancel};
}

struct rehearsed_application *rehearsed_application_start(const struct run *run, const char *name,
                                                          const char *url, char **complaint,
                                                          struct error *e)
{
    struct rehearsed_application *a = memory_zeroed(1, sizeof *a);
    char *path = suite_path(run->ground.suite, run->ground.suite->rehearsed_deployment);
    *complaint = NULL;
    a->cancel = run->ground.cancel;
    a->state = memory_format("%s/%s", run->ground.folder->path, name);
    a->deployment = deployment_load(path, e);
    free(path);
    bool good = a->deployment != NULL;
    if (good && mkdir(a->state, 0700) != 0)
        good = error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s", a->state, strerror(errno));
    if (good) {
        fill_variables(a, run, url);
        struct service s = service_of(a);
        good = service_start(&s, complaint, e) && !*complaint;
    }
    if (good)
        return a;
    rehearsed_application_free(a);
    return NULL;
}

bool rehearsed_application_is_well(const struct rehearsed_application *a, bool all,
                                   char **complaint, struct error *e)
{
    const struct service s = service_of(a);
    enum service_state state;
    *complaint = NULL;
    if (!service_look(&s, &state, e))
        return false;
    if (state == SERVICE_DOWN)
        *complaint = memory_copy_of("the services are down");
    for (unsigned i = 0; i < a->deployment->probe_count && !*complaint; i++) {
        const struct deployment_probe *p = &a->deployment->probes[i];
        struct probe_result result;
        struct secrets ignored = {0};
        bool asked = all || p->before;
        bool good = !asked || probe_run(p, s.variables, a->cancel, &ignored, &result, e);
        if (good && asked && !result.well)
            *complaint = memory_format("probe '%s': %s", p->name, result.message);
        if (asked)
            probe_result_release(&result);
        secrets_release(&ignored);
        if (!good)
            return false;
    }
    return true;
}

void rehearsed_application_free(struct rehearsed_application *a)
{
    if (!a)
        return;
    if (a->variables) {
        struct service s = service_of(a);
        struct error ignored = {0}; /* what does not stop ends with the run */
        char *complaint = NULL;
        s.cancel = NULL;
        service_stop(&s, &complaint, &ignored);
        free(complaint);
    }
    for (size_t i = 0; i < a->variable_count; i++)
        free(a->variables[i]);
    free(a->variables);
    deployment_free(a->deployment);
    free(a->state);
    free(a);
}
