#include "ground/signals.h"

static void make_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    /* nohup has it ignored, and means that a run goes on without its terminal */
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) != 0 || hangup.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
}

static void *wait_for_signals(void *context)
{
    const struct signals *s = context;
    sigset_t set;
    make_set(&set);
    for (int sig; sigwait(&set, &sig) == 0 && !s->ended;) {
        if (s->again && cancel_is_raised(s->cancel))
            cancel_raise(s->again);
        cancel_raise(s->cancel);
    }
    return NULL;
}

bool signals_watch(struct signals *s, const struct cancel *cancel)
{
    return signals_watch_twice(s, cancel, NULL);
}

bool signals_watch_twice(struct signals *s, const struct cancel *cancel, const struct cancel *again)
{
    sigset_t set;
    make_set(&set);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* ignored by whoever started us, our children's ends would be, too */
    *s = (struct signals){.cancel = cancel, .again = again};
    s->started = pthread_sigmask(SIG_BLOCK, &set, NULL) == 0 &&
                 pthread_create(&s->thread, NULL, wait_for_signals, s) == 0;
    return s->started;
}

void signals_release(struct signals *s)
{
    if (!s->started)
        return;
    s->ended = true;
    pthread_kill(s->thread, SIGTERM); /* pthread_cancel(3) may want a library, and memory, first */
    pthread_join(s->thread, NULL);
    s->started = false;
}
