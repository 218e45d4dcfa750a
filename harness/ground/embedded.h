/*
 * The embedded server: a PostgreSQL cluster of our own inside the run's folder, copied from a
 * cached initdb, started here and removed with the run. It dies with us, even of SIGKILL.
 *
 * It is tuned for a life of seconds: nothing is forced to disk. Every setting that differs from
 * the default is in embedded_settings and goes into the run record.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/cancel.h"
#include "base/error.h"
#include "ground/account.h"
#include "ground/run_folder.h"

/* The cluster's superuser, which only we log in as, and the migrator's role. */
#define EMBEDDED_SUPERUSER "pgrehearse_admin"
#define EMBEDDED_ROLE      "postgres"

struct embedded {
    struct account account;
    struct server_cage cage; /* empty unless the run folder is closed */
    pid_t pid;               /* 0: not running */
    char *bin;               /* the folder of postgres and initdb */
    char *data;              /* the cluster */
    char *socket;            /* the folder of its Unix socket */
    char *log;
    char *url;      /* of the superuser, database postgres, through the socket */
    char *role_url; /* the same of the migrator's role */
    char *port_url; /* of that role through a loopback port, with a password; NULL: no port */
};

struct embedded_setting {
    const char *name, *value;
};

extern const struct embedded_setting embedded_settings[]; /* ends with a NULL name */

/*
 * Takes from the environment what says to libpq of some other server and its sessions (PostgreSQL
 * manual, 34.15): it would lead away from ours, put a password that ours never asks for into the
 * hands of the migrator, or make dates and texts look different. Starting a server does so too;
 * whoever reads the environment on another thread meanwhile has it done before.
 */
void embedded_forget_other_servers(void);

/* Starts the server whose programs are in `bin` inside `folder`; `with_port` also on a free port of
 * 127.0.0.1. The migrator's role is there, and is not a superuser. */
bool embedded_start(struct embedded *s, const char *bin, const struct run_folder *folder,
                    bool with_port, const struct cancel *cancel, struct error *e);

/*
 * Stops it in an orderly way and starts it again, with what ALTER SYSTEM has set since. Its URLs
 * stay as they are.
 */
bool embedded_restart(struct embedded *s, const struct run_folder *folder,
                      const struct cancel *cancel, struct error *e);

/*
 * Stops it and waits until it is gone: at once, or, with `keep`, in an orderly way that leaves a
 * cluster that can be started again. A zeroed or stopped one is accepted.
 */
void embedded_stop(struct embedded *s, bool keep);

void embedded_release(struct embedded *s);
