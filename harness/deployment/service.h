/* The services around the database, by the commands of the deployment file. */
#pragma once
#include "base/cancel.h"
#include "base/text.h"
#include "deployment/deployment.h"

struct service {
    const struct deployment *deployment;
    const char *const *variables; /* NAME=VALUE for the commands; or NULL */
    const struct cancel *cancel;  /* cuts a command short; or NULL */
};

enum service_state { SERVICE_DOWN, SERVICE_UP, SERVICE_UNKNOWN /* there is no command to ask */ };

/* Asks whether it is up; false if that could not be asked. */
bool service_look(const struct service *s, enum service_state *state, struct error *e);

/*
 * Stops or starts it, unless it is so already, and looks that it has come to it, at most
 * `command_limit` seconds long. `*complaint` (to be freed) says what is wrong if it did not do so
 * by its own fault, else NULL. False if that could not be tried.
 */
bool service_stop(const struct service *s, char **complaint, struct error *e);
bool service_start(const struct service *s, char **complaint, struct error *e);
