/*
 * What a child sees of our environment. A program that we run for our own purposes gets a list of
 * variables that it may need, so that no token, password or address that is meant for us or for
 * others reaches it. The table of these lists is in child_environment.c.
 */
#pragma once

enum child_sees {
    SEES_USUAL, /* what every program needs: where programs and files are, the language */
    SEES_GIT,
    SEES_GNUPLOT,
    SEES_SSH,    /* ssh-keygen: the agent that holds a key */
    SEES_SERVER, /* psql, pg_dump, pg_restore: how libpq logs in */
    SEES_ALL,    /* a program of the caller's: all but the tokens that are meant for us */
};

/*
 * Those of our variables with the changes made: NAME=VALUE to set, NAME to unset; NULL-terminated,
 * or NULL. The array is the caller's to free, the strings are not.
 */
char **child_environment(enum child_sees sees, const char *const *changes);
