/*
 * What a run leaves running when it dies, and what a cluster leaves in the kernel when it is
 * killed: found and ended. A process is a run's if it carries the run's id in its environment, or
 * if it is a server process that works in the run's cluster (PostgreSQL writes its title over the
 * environment that /proc shows).
 */
#pragma once

/* The environment variable that marks every process of a run. */
extern const char run_id_variable[];

/*
 * Ends every process of run `id` but the calling one, at most 6 seconds long: servers of the
 * cluster in `folder`/data by an immediate shutdown, everything else at once.
 */
void run_processes_end(const char *id, const char *folder);

/*
 * Removes the System V segment that the cluster at `data` has left (its postmaster.pid names it,
 * PostgreSQL manual 18.4.1), unless somebody stays attached to it for a second.
 */
void run_processes_remove_memory(const char *data);
