/*
 * The way to the database out of a network namespace: a process that stays outside, accepts what
 * comes to a port inside and passes it on to the server. It belongs to the process group of the
 * one that starts it and ends with it. Only async-signal-safe calls are made, since it is started
 * between fork and exec.
 */
#pragma once
#include <stdbool.h>
#include <sys/socket.h>

/* Starts it, outside still; a socket by which it gets its listener, or -1. */
int forwarder_start(const struct sockaddr_storage *server, socklen_t length);

/* Listens on 127.0.0.1:`port`, inside now, and hands the listener over. Closes `way`. */
bool forwarder_listen(int way, int port);
