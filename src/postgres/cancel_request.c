#include "postgres/cancel_request.h"

#include <math.h>
#include <pthread.h>
#include <time.h>

/* libpq's function blocks, and knows no limit before PostgreSQL 17. */
static void *send_request(void *context)
{
    PGcancel *request = context;
    char ignored[256];
    PQcancel(request, ignored, sizeof ignored);
    PQfreeCancel(request);
    return NULL;
}

static struct timespec in_seconds(double seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)seconds;
    until.tv_nsec += (long)(fmod(seconds, 1) * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

void cancel_request_send(PGconn *pg, double limit)
{
    PGcancel *request = PQgetCancel(pg);
    pthread_t thread;
    if (!request)
        return;
    if (pthread_create(&thread, NULL, send_request, request) != 0) {
        PQfreeCancel(request);
        return;
    }
    struct timespec until = in_seconds(limit);
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        pthread_detach(thread);
}
