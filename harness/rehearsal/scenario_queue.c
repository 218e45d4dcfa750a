#include "rehearsal/scenario_queue.h"

#include <unistd.h>

#include "base/memory.h"
#include "record/verdict.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/repeated_scenario.h"

/* The scenarios of a leg that are still to be run, those that take longest first. */
struct queue {
    const struct leg *leg;
    const struct rehearse_request *request;
    char **stopped; /* why none is started any more; NULL in it: they are */
    struct run_record *record;
    pthread_mutex_t lock;
    const struct planned_scenario **scenarios; /* in the order of running */
    size_t count, next;
};

static void fill_queue(struct queue *q, bool on_source)
{
    const struct leg *leg = q->leg;
    q->scenarios = memory_zeroed(leg->planned_count, sizeof *q->scenarios);
    for (unsigned left = MOST_HEAVY + 1; left-- > 0;)
        for (size_t i = 0; i < leg->planned_count; i++) {
            const struct planned_scenario *planned = &leg->planned[i];
            if (planned->heavy == left && planned->on_source == on_source)
                q->scenarios[q->count++] = planned;
        }
}

/* To be called with the lock: a scenario that did not pass is the last one. */
static void note_end(struct queue *q, const struct scenario_record *record)
{
    if (q->request->fail_fast && !*q->stopped && verdict_of_scenario(record) != VERDICT_PASSED)
        *q->stopped = memory_format("not run: --fail-fast, since %s did not pass", record->name);
}

static void run_one(struct queue *q, const struct planned_scenario *planned, const char *stopped)
{
    struct scenario_record *record = &q->record->scenarios[planned->record];
    if (stopped)
        rehearsal_skip(&q->leg->run, planned->scenario, record, stopped);
    else if (q->request->retries)
        repeated_scenario_run(&q->leg->run, planned->scenario, record, q->request->retries);
    else
        rehearsal_run(&q->leg->run, planned->scenario, record);
}

static void *work(void *context)
{
    struct queue *q = context;
    for (;;) {
        pthread_mutex_lock(&q->lock);
        size_t mine = q->next < q->count ? q->next++ : SIZE_MAX;
        const char *stopped = *q->stopped; /* once set, it stays */
        pthread_mutex_unlock(&q->lock);
        if (mine == SIZE_MAX)
            return NULL;
        const struct planned_scenario *planned = q->scenarios[mine];
        run_one(q, planned, stopped);
        pthread_mutex_lock(&q->lock);
        note_end(q, &q->record->scenarios[planned->record]);
        pthread_mutex_unlock(&q->lock);
    }
}

static void record_jobs(struct run_record *record, size_t jobs)
{
    char *number = memory_format("%zu", jobs);
    record_add_circumstance(record, "jobs", number);
    free(number);
}

void scenario_queue_run(const struct leg *leg, const struct rehearse_request *request,
                        bool on_source, char **stopped)
{
    struct queue q = {
        .leg = leg, .request = request, .stopped = stopped, .record = leg->run.record};
    fill_queue(&q, on_source);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = request->jobs ? request->jobs : (size_t)(processors > 0 ? processors : 1);
    if (jobs > q.count)
        jobs = q.count;
    if (!on_source && leg->run.leg <= 1)
        record_jobs(q.record, jobs);
    pthread_mutex_init(&q.lock, NULL);
    pthread_t *threads = memory_zeroed(jobs, sizeof *threads);
    size_t started = 0;
    while (started < jobs && pthread_create(&threads[started], NULL, work, &q) == 0)
        started++;
    if (started == 0 && q.count)
        work(&q);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&q.lock);
    free(threads);
    free(q.scenarios);
}
