/*
 * A probe of the application over HTTP, by libcurl: TLS verified, no redirect followed, bounded in
 * time and size.
 */
#pragma once
#include "base/cancel.h"
#include "deployment/deployment.h"
#include "deployment/secrets.h"

struct probe_result {
    bool well;
    unsigned tries;
    double latency; /* seconds of the last try */
    char *message;  /* one line, what the last try had instead; NULL if it went well */
};

/*
 * Tries it until it succeeds, at most until its deadline. `variables` fill in ${NAME} before the
 * environment does; what they fill in goes to `secrets`. False if it cannot be tried (a variable
 * that is not set, interrupted). Release in any case.
 */
bool probe_run(const struct deployment_probe *p, const char *const *variables,
               const struct cancel *cancel, struct secrets *secrets, struct probe_result *result,
               struct error *e);

/* Looks that everything that it needs can be filled in, without asking anybody. */
bool probe_check(const struct deployment_probe *p, const char *const *variables,
                 struct secrets *secrets, struct error *e);

void probe_result_release(struct probe_result *result);
