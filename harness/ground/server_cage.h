/*
 * A cage for the embedded server (landlock(7)): its processes write nothing outside of the run's
 * folders, and start no program but the server's own. A dump that is restored with a superuser's
 * rights can ask for both: COPY … TO PROGRAM, lo_export(), untrusted languages.
 */
#pragma once
#include <stdbool.h>

struct server_cage {
    char *program;     /* the server's executable */
    char *interpreter; /* the dynamic linker that the kernel starts it with; NULL: none */
    char *folders[2];  /* where it may write; the second may be NULL */
};

/* Whether the kernel can do it. */
bool server_cage_is_there(void);

/* For the server at `program`; release in any case. */
void server_cage_init(struct server_cage *c, const char *program, const char *folder,
                      const char *sockets);
void server_cage_release(struct server_cage *c);

/* In the child, between fork and exec; only async-signal-safe calls. */
bool server_cage_enter(const struct server_cage *c);
