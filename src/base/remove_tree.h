/*
 * Removing a folder with everything in it, without following a link: each level is opened below the
 * one above (openat(2), O_NOFOLLOW), so that nobody who can write there leads us elsewhere.
 */
#pragma once
#include <stdbool.h>

/* Removes everything in the open folder `fd`; false, with errno set, if something is left. `fd`
   stays open. */
bool remove_contents(int fd);

/* Removes the folder at `path`; true if it is gone, also when there was none. Not if it is a link.
 */
bool remove_tree(const char *path);
